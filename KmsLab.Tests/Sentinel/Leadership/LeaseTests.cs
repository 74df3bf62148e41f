using Dapper;
using KmsLab.Sentinel.Leadership;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Leadership;

/// <summary>Each race for the lease, on a database clock that the test sets.</summary>
public sealed class LeaseTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task First_process_leads_at_once_and_the_second_stands_by(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (first, second) = (bed.Start(), bed.Start());

        await first.StepAsync();
        await second.StepAsync();

        first.Leader.Current.ShouldNotBeNull().Epoch.ShouldBe(1);
        second.Leader.Current.ShouldBeNull();
        bed.Messages.ShouldContain($"Information Standing by: {first.Leader.Self} leads, term 1.");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Lease_runs_out_at_its_ttl_and_not_before(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (first, second) = (bed.Start(), bed.Start());
        await first.StepAsync();

        await bed.AdvanceAsync(bed.Options.Ttl - TimeSpan.FromMilliseconds(1));
        await second.StepAsync();
        second.Leader.Current.ShouldBeNull();

        await bed.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        await second.StepAsync();
        second.Leader.Current.ShouldNotBeNull().Epoch.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Renewed_lease_does_not_run_out(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (first, second) = (bed.Start(), bed.Start());

        for (var renewal = 0; renewal < 10; renewal++)
        {
            await first.StepAsync();
            await bed.AdvanceAsync(bed.Options.RenewEvery);
            await second.StepAsync();
        }

        first.Leader.Current.ShouldNotBeNull().Epoch.ShouldBe(1);
        second.Leader.Current.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Commit_prolongs_the_lease(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (first, second) = (bed.Start(), bed.Start());
        await first.StepAsync();

        await bed.AdvanceAsync(bed.Options.Ttl - TimeSpan.FromMilliseconds(1));
        await first.WriteAsync("committed");
        await bed.AdvanceAsync(bed.Options.Ttl - TimeSpan.FromMilliseconds(1));
        await second.StepAsync();

        second.Leader.Current.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Leader_that_was_paused_past_its_lease_commits_nothing_when_another_leads(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (paused, other) = (bed.Start(), bed.Start());
        await paused.StepAsync();
        var term = paused.Leader.Current!;

        await bed.AdvanceAsync(bed.Options.Ttl);
        await other.StepAsync();

        await Should.ThrowAsync<NotLeadingException>(() => paused.WriteAsync("too late"));
        (await bed.WrittenAsync()).ShouldBeEmpty();
        paused.Leader.Current.ShouldBeNull();
        term.Lost.IsCancellationRequested.ShouldBeTrue();
        await other.WriteAsync("in time");
        (await bed.WrittenAsync()).ShouldBe(["in time"]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Leader_that_was_paused_past_its_lease_goes_on_when_nobody_took_it(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var paused = bed.Start();
        await paused.StepAsync();

        await bed.AdvanceAsync(bed.Options.Ttl * 10);
        await paused.WriteAsync("nobody else wrote");
        await paused.StepAsync();

        (await bed.WrittenAsync()).ShouldBe(["nobody else wrote"]);
        paused.Leader.Current.ShouldNotBeNull().Epoch.ShouldBe(1);
    }

    /// <summary>The race that a lease without a fence loses: checked, paused, overtaken, committed.</summary>
    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Turn_begun_in_one_term_is_not_committed_in_another(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (paused, other) = (bed.Start(), bed.Start());
        await paused.StepAsync();
        await paused.Writes.ConfirmAsync(Cancellation);

        await bed.AdvanceAsync(bed.Options.Ttl);
        await other.StepAsync();
        await other.WriteAsync("others' turn");

        await Should.ThrowAsync<NotLeadingException>(() => paused.WriteAsync("own turn"));
        await Should.ThrowAsync<NotLeadingException>(() => paused.Writes.ConfirmAsync(Cancellation));
        (await bed.WrittenAsync()).ShouldBe(["others' turn"]);
    }

    /// <summary>Within its transaction the leader can't be overtaken: who tries waits for its end, and then sees a lease that was just prolonged.</summary>
    [Fact]
    public async Task Takeover_waits_for_a_commit_that_is_under_way()
    {
        await using var bed = await LeaseBed.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        var (first, second) = (bed.Start(), bed.Start());
        await first.StepAsync();
        var (inside, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        await bed.AdvanceAsync(bed.Options.Ttl);

        var commit = first.WriteAsync("slow", async () =>
        {
            inside.SetResult();
            await finish.Task;
        });
        await inside.Task;
        var takeover = second.StepAsync();
        await bed.UntilOneWaitsForALockAsync();
        finish.SetResult();
        await Task.WhenAll(commit, takeover);

        (await bed.WrittenAsync()).ShouldBe(["slow"]);
        second.Leader.Current.ShouldBeNull();
        first.Leader.Current.ShouldNotBeNull();
    }

    /// <summary>A commit whose answer was lost may still be under way when the state is read again: what is read behind the fence includes it.</summary>
    [Fact]
    public async Task What_is_read_behind_the_fence_includes_the_commit_that_is_under_way()
    {
        await using var bed = await LeaseBed.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        var process = bed.Start();
        await process.StepAsync();
        var (inside, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        var commit = process.WriteAsync("under way", async () =>
        {
            inside.SetResult();
            await finish.Task;
        });
        await inside.Task;

        var read = process.Writes.WriteAsync((connection, transaction) => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM written", transaction: transaction), Cancellation);
        await bed.UntilOneWaitsForALockAsync();
        (await bed.WrittenAsync()).ShouldBeEmpty();
        finish.SetResult();

        await commit;
        (await read).ShouldBe(1);
    }

    [Fact]
    public async Task Leader_that_stops_within_a_transaction_is_cut_off_by_postgresql()
    {
        await using var bed = await LeaseBed.CreateAsync(DatabaseProvider.PostgreSql, cluster, new LeaseOptions { Ttl = TimeSpan.FromMilliseconds(200), RenewEvery = TimeSpan.FromMilliseconds(50) });
        var (stopped, other) = (bed.Start(), bed.Start());
        await stopped.StepAsync();
        var (inside, wake) = (new TaskCompletionSource(), new TaskCompletionSource());
        var commit = stopped.WriteAsync("never", async () =>
        {
            inside.SetResult();
            await wake.Task;
        });
        await inside.Task;

        await bed.AdvanceAsync(bed.Options.Ttl);
        await other.StepAsync();
        wake.SetResult();

        other.Leader.Current.ShouldNotBeNull().Epoch.ShouldBe(2);
        await Should.ThrowAsync<Npgsql.NpgsqlException>(() => commit);
        (await bed.WrittenAsync()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Of_many_that_try_at_once_one_leads(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        for (var round = 1; round <= 5; round++)
        {
            var processes = Enumerable.Range(0, 8).Select(_ => bed.Start()).ToList();

            await Task.WhenAll(processes.Select(process => Task.Run(process.StepAsync)));

            processes.Where(process => process.Leader.Current is not null).ShouldHaveSingleItem().Leader.Current!.Epoch.ShouldBe(round);
            await bed.AdvanceAsync(bed.Options.Ttl);
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Leader_that_stops_leaves_the_lease_to_the_next_one(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (first, second) = (bed.Start(), bed.Start());
        await first.StepAsync();

        await first.StopAsync();
        await second.StepAsync();

        second.Leader.Current.ShouldNotBeNull().Epoch.ShouldBe(2);
        await Should.ThrowAsync<NotLeadingException>(() => first.WriteAsync("after the end"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Lost_leadership_is_said_once_whoever_notices(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var (paused, other) = (bed.Start(), bed.Start());
        await paused.StepAsync();
        var term = paused.Leader.Current!;
        await bed.AdvanceAsync(bed.Options.Ttl);
        await other.StepAsync();

        await Should.ThrowAsync<NotLeadingException>(() => paused.WriteAsync("too late"));
        await paused.StepAsync();
        paused.Leader.Lose(term);

        bed.Messages.Count(message => message.StartsWith("Warning Another Sentinel has taken over: term 1", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Lease_whose_taking_was_never_answered_is_recognised(DatabaseProvider provider)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var process = bed.Start();
        await bed.Leases.TakeAsync(process.Leader.Self, await bed.Leases.ReadAsync(Cancellation), force: false, Cancellation);

        await process.StepAsync();

        process.Leader.Current.ShouldNotBeNull().Epoch.ShouldBe(1);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, true)]
    [InlineData(DatabaseProvider.PostgreSql, false)]
    public async Task Lease_of_a_process_that_died_on_this_machine_need_not_run_out_on_a_file(DatabaseProvider provider, bool leads)
    {
        await using var bed = await LeaseBed.CreateAsync(provider, cluster);
        var dead = LeaseHolder.New() with { StartedAt = 1 };
        await bed.Leases.TakeAsync(dead.ToString(), await bed.Leases.ReadAsync(Cancellation), force: false, Cancellation);
        var process = bed.Start();

        await process.StepAsync();

        (process.Leader.Current is not null).ShouldBe(leads);
    }

    [Fact]
    public void Holder_is_dead_only_if_it_ran_here_and_runs_no_more()
    {
        var self = LeaseHolder.New();

        self.IsDeadHere().ShouldBeFalse();
        (self with { StartedAt = self.StartedAt - 60 }).IsDeadHere().ShouldBeTrue("another process has its number by now");
        (self with { ProcessId = int.MaxValue }).IsDeadHere().ShouldBeTrue();
        (self with { ProcessId = int.MaxValue, Machine = "elsewhere" }).IsDeadHere().ShouldBeFalse();
        LeaseHolder.Parse(self.ToString()).ShouldBe(self);
        LeaseHolder.Parse("").ShouldBeNull();
        LeaseHolder.Parse("a/b/c/d").ShouldBeNull();
    }

    [Theory]
    [InlineData(10, 3, 1, 0)]
    [InlineData(14, 7, 1, 0)]
    [InlineData(14.5, 3, 1, 1)]
    [InlineData(10, 5.1, 1, 1)]
    [InlineData(0, 3, 1, 2)]
    [InlineData(10, 3, 0, 1)]
    public void Options_that_would_keep_a_standby_waiting_are_refused(double ttl, double renew, double attempt, int errors) =>
        new LeaseOptions { Ttl = TimeSpan.FromSeconds(ttl), RenewEvery = TimeSpan.FromSeconds(renew), TryEvery = TimeSpan.FromSeconds(attempt) }.Check().Count().ShouldBe(errors);
}
