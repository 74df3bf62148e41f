using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sns;

/// <summary>All topics and subscriptions, in memory and in the state file.</summary>
internal sealed class SnsStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, TopicRecord> _topics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SubscriptionRecord> _subscriptions = new(StringComparer.Ordinal);
    private readonly Documents<TopicRecord> _topicDocuments = new("sns.topic", SnsJson.Wire.TopicRecord);
    private readonly Documents<SubscriptionRecord> _subscriptionDocuments = new("sns.subscription", SnsJson.Wire.SubscriptionRecord);
    private readonly StateStore _store;

    public SnsStore(StateStore store)
    {
        _store = store;
        foreach (var (_, topic) in store.Read(_topicDocuments.Load))
            _topics[topic.Arn] = topic;
        foreach (var (_, subscription) in store.Read(_subscriptionDocuments.Load))
            _subscriptions[subscription.Arn] = subscription;
    }

    public TopicRecord? Topic(string arn)
    {
        lock (_lock)
        {
            return _topics.GetValueOrDefault(arn);
        }
    }

    public List<TopicRecord> Topics(RegionScope scope)
    {
        lock (_lock)
        {
            return [.. _topics.Values.Where(topic => ScopeOf(topic.Arn) == scope)];
        }
    }

    public SubscriptionRecord? Subscription(string arn)
    {
        lock (_lock)
        {
            return _subscriptions.GetValueOrDefault(arn);
        }
    }

    public List<SubscriptionRecord> Subscriptions(Func<SubscriptionRecord, bool> filter)
    {
        lock (_lock)
        {
            return [.. _subscriptions.Values.Where(filter)];
        }
    }

    /// <summary>Makes a topic another, or creates it.</summary>
    /// <param name="arn">The topic's ARN.</param>
    /// <param name="change">The topic as it is (null: there is none) to the topic as it shall be; the same object leaves it.</param>
    public Task ChangeTopic(string arn, Func<TopicRecord?, TopicRecord> change)
    {
        lock (_lock)
        {
            var old = _topics.GetValueOrDefault(arn);
            var topic = change(old);
            if (ReferenceEquals(topic, old))
                return Task.CompletedTask;
            _topics[arn] = topic;
            return _store.Enqueue(session => _topicDocuments.Put(session, ScopeOf(arn), arn, topic));
        }
    }

    /// <summary>Adds a subscription, unless the topic has one of the same protocol and endpoint.</summary>
    /// <returns>The one that the topic now has, and whether it was added.</returns>
    public (SubscriptionRecord Subscription, bool Added, Task Committed) Add(SubscriptionRecord subscription)
    {
        lock (_lock)
        {
            if (!_topics.ContainsKey(subscription.TopicArn))
                throw SnsErrors.NotFound("Topic");
            var same = _subscriptions.Values.FirstOrDefault(s => s.TopicArn == subscription.TopicArn && s.Protocol == subscription.Protocol && s.Endpoint == subscription.Endpoint);
            return same is null ? (subscription, true, Put(subscription)) : (same, false, Task.CompletedTask);
        }
    }

    /// <summary>Makes a subscription another.</summary>
    /// <returns>The new one; null if it is gone.</returns>
    public (SubscriptionRecord Subscription, Task Committed)? ChangeSubscription(string arn, Func<SubscriptionRecord, SubscriptionRecord> change)
    {
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(arn, out var old))
                return null;
            var subscription = change(old);
            return (subscription, Put(subscription));
        }
    }

    /// <summary>Removes a topic with its subscriptions.</summary>
    public Task RemoveTopic(string arn)
    {
        lock (_lock)
        {
            _topics.Remove(arn);
            var subscriptions = _subscriptions.Values.Where(subscription => subscription.TopicArn == arn).Select(subscription => subscription.Arn).ToList();
            subscriptions.ForEach(subscription => _subscriptions.Remove(subscription));
            return _store.Enqueue(session =>
            {
                _topicDocuments.Remove(session, ScopeOf(arn), arn);
                foreach (var subscription in subscriptions)
                    _subscriptionDocuments.Remove(session, ScopeOf(arn), subscription);
            });
        }
    }

    /// <summary>Removes a subscription, and counts it at its topic.</summary>
    public Task RemoveSubscription(SubscriptionRecord subscription)
    {
        lock (_lock)
        {
            if (!_subscriptions.Remove(subscription.Arn))
                return Task.CompletedTask;
            _store.Enqueue(session => _subscriptionDocuments.Remove(session, ScopeOf(subscription.Arn), subscription.Arn));
            return ChangeTopic(subscription.TopicArn, topic => topic! with { SubscriptionsDeleted = topic.SubscriptionsDeleted + 1 });
        }
    }

    /// <summary>The account and Region of a topic's or subscription's ARN.</summary>
    public static RegionScope ScopeOf(string arn) => arn.Split(':') is ["arn", _, "sns", var region, var account, _, ..] ? new(account, region) : default;

    private Task Put(SubscriptionRecord subscription)
    {
        _subscriptions[subscription.Arn] = subscription;
        return _store.Enqueue(session => _subscriptionDocuments.Put(session, ScopeOf(subscription.Arn), subscription.Arn, subscription));
    }
}
