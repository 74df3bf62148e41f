# shellcheck shell=bash
# Sourced by deploy.sh: what a month will cost with the chosen switches. Prices of us-east-1 as published in November 2026; README.md has their addresses.
# shellcheck disable=SC2154

# Management events a month: what the chosen log group took in over a week, or what CloudTrail saw in an hour. Fails where AWS does not say.
count_events() {
    local now week hour
    now=$(date +%s)
    if [ -n "$log_group" ]; then
        week=$(read_aws cloudwatch get-metric-statistics --namespace AWS/Logs --metric-name IncomingLogEvents --dimensions "Name=LogGroupName,Value=$log_group" \
            --start-time $((now - 604800)) --end-time "$now" --period 604800 --statistics Sum --query 'Datapoints[0].Sum') || return 1
        if [ -n "$week" ]; then
            awk -v week="$week" 'BEGIN { printf "%d", week * 30 / 7 }'
            return
        fi
    fi
    # Events appear in the history after about 15 minutes; the CLI makes 2 calls a second, 50 events each.
    hour=$(read_aws cloudtrail lookup-events --start-time $((now - 4500)) --end-time $((now - 900)) --max-items 1000 --query 'length(Events)') || return 1
    hour=$(printf '%s\n' "${hour:-0}" | awk '{ sum += $1 } END { print sum + 0 }')
    if [ "$hour" -lt 1000 ]; then
        printf %d $((hour * 730))
        return
    fi
    hour=$(read_aws cloudtrail lookup-events --start-time $((now - 1000)) --end-time $((now - 900)) --max-items 1000 --query 'length(Events)') || return 1
    printf '%s\n' "${hour:-0}" | awk '{ sum += $1 } END { printf "%d", sum * 36 * 730 }'
}

# show_cost EVENTS: a month's events, or nothing where nobody knows.
show_cost() {
    local events=$1 copies=0
    if [ -z "$trail_arn" ] && [ "$other_trails" -gt 0 ]; then copies=1; fi
    awk -v events="$events" -v copies="$copies" -v trail="$trail_arn" -v tasks="$tasks" -v cpu="$cpu" -v nat="$nats" -v private="$endpoints" -v multi_az="$multi_az" '
        function line(what, price) { printf "   %-58s %9.2f\n", what, price; total += price }
        BEGIN {
            vcpu = cpu == "ARM64" ? 0.03238 : 0.04048; gb = cpu == "ARM64" ? 0.00356 : 0.004445; hours = 730
            nats = nat == "One" ? 1 : nat == "None" ? 0 : 2; endpoints = private == "true" ? (nats == 0 ? 8 : 5) : 0; standby = multi_az == "true" ? 2 : 1; new_trail = trail == ""
            line("Fargate: CryptoApi, " tasks " x 0.25 vCPU, 0.5 GB", tasks * hours * (0.25 * vcpu + 0.5 * gb))
            line("Fargate: Sentinel, 1 x 0.25 vCPU, 1 GB", hours * (0.25 * vcpu + gb))
            line("RDS: 2 x db.t4g.micro" (standby == 2 ? " with a standby" : ""), 2 * standby * 0.016 * hours)
            line("RDS: 2 x 20 GB gp3", 2 * standby * 20 * 0.115)
            line("Load balancer, idle, and its 2 public addresses", 0.0225 * hours + 2 * 0.005 * hours)
            line("NAT gateway x " nats ", idle, and its address", nats * (0.045 + 0.005) * hours)
            line("VPC endpoints: " (endpoints ? endpoints " x 2 zones" : "off"), endpoints * 2 * 0.01 * hours)
            line("KMS keys", (new_trail ? 7 : 6) * 1)
            line("KMS calls: canary, one a minute", 43800 / 10000 * 0.03)
            line("Secrets: 10", 10 * 0.40)
            line("CloudWatch: metrics, 19 alarms, 2 dashboards", 25 * 0.30 + 19 * 0.10 + 2 * 3)
            line("Logs of the services and flow logs, about 2 GB", 2 * 0.50)
            if (new_trail && events != "") {
                line(sprintf("Trail: %d events a month into a log group, about 1.5 KB each", events), events * 1.5 / 1048576 * 0.50)
                line("Trail: files in S3", events * 0.15 / 1048576 * 0.023 + 0.01)
                if (copies) line("Trail: a second copy of management events", events / 100000 * 2)
            }
            printf "   %-58s %9.2f USD a month, at rest\n", "Together", total
            if (events == "") printf "   How many events the account has is not known (AWS did not say): what the trail costs is not in it.\n"
            printf "   Prices of us-east-1, November 2026, without traffic, taxes and free tiers. README.md tells which switch lowers which line.\n"
        }'
}

# What traffic adds at three volumes of requests to CryptoApi. Each is one KMS call: 3 KB through NAT with its answer, one event of 1.5 KB in the trail's log
# group, and 2 KB when Sentinel reads it, through NAT; and one new connection at the load balancer, of which 25 a second are a capacity unit.
show_traffic_cost() {
    awk '
        function line(what, a, b, c) { printf "   %-46s %9.2f %9.2f %9.2f\n", what, a, b, c; total[1] += a; total[2] += b; total[3] += c }
        BEGIN {
            hours = 730; rate[1] = 1; rate[2] = 10; rate[3] = 100
            for (i = 1; i <= 3; i++) {
                calls = rate[i] * 3600 * hours
                kms[i] = calls / 10000 * 0.03; nat[i] = calls * (3 + 2) / 1048576 * 0.045; log_group[i] = calls * 1.5 / 1048576 * 0.50
                files[i] = calls * 0.15 / 1048576 * 0.023; units[i] = rate[i] / 25 * 0.008 * hours
            }
            printf "   %-46s %9s %9s %9s\n", "Requests a second to CryptoApi", rate[1], rate[2], rate[3]
            line("KMS calls", kms[1], kms[2], kms[3])
            line("NAT: KMS calls, and what Sentinel reads", nat[1], nat[2], nat[3])
            line("Trail: events into the log group", log_group[1], log_group[2], log_group[3])
            line("Trail: files in S3", files[1], files[2], files[3])
            line("Load balancer: capacity units", units[1], units[2], units[3])
            printf "   %-46s %9.2f %9.2f %9.2f USD a month, on top\n", "Together", total[1], total[2], total[3]
        }'
}
