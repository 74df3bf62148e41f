namespace KmsLab.Sentinel.Trail;

/// <summary>How a principal's use of a protected set is to be taken.</summary>
/// <param name="IsLearning">
/// The record's day (UTC) was over before the set was known: what happens is taken for normal. It goes by whole days, as the facts do that use it: within a
/// day no read comes first, so an instant in it at which the period ends would make the outcome depend on the order of arrival.
/// </param>
/// <param name="IsNew">The principal first used the set after that, and less than a day ago.</param>
internal readonly record struct SetUse(bool IsLearning, bool IsNew);
