-- SPDX-License-Identifier: BSD-2-Clause
-- Stripe's DNS in 2019: each host has a resolver, which forwards to a small cluster, and that to the VPC's resolver, which
-- answers 1,024 packets a second for each network interface and drops the rest without a word. An hourly job looks up the
-- names of addresses, each another one. Beyond the cap each layer asks again by timers of its own, and what was a little too
-- much becomes several times as much.
--
--	sigfault run stripe-2019 --sweep split=no,yes
--
-- What the job got and what everybody else's users did are told apart: they are two traffics.
--
-- `split` is what they did: the hosts ask the VPC's resolver for those names themselves, and each has a cap of its own. links.csv
-- has what was sent on each way and dropped, requests.csv how many requests are in work. Stripe measured at one node of the
-- cluster: with more of them each has its share of the look-ups and of the cap, so that what is asked and answered is as
-- much as at that one; what is sent is more, as each has its own limit of requests.
-- An hour of twenty hosts:
--
--	sigfault run stripe-2019 --set hosts=20 --set cluster=3 --set rate=50 --set to=2019-05-21T13:59Z

local from = param("from", "2019-05-21T12:59Z")
local to = param("to", "2019-05-21T13:04Z")
local lasts = param("lasts", 180) -- seconds of the job
local hosts = param("hosts", 3)
local nodes = param("cluster", 1)
local cap = param("cap", 1024 // nodes)
local rate = param("rate", 3000) -- clients' questions for what is in caches, most of it
local others = param("others", 450) -- and a second for what is in none, all day long
local split = param("split", "no")
local job = param("job", 613) -- look-ups a second of the job, each for another name

scenario {
	name = "stripe-2019",
	title = "Reverse look-ups run into a cap, and everybody else's go with them",
	teaches = "timers of several layers multiply: 600 names a second become four times a cap of 1,024",
	from = from,
	to = to,
	sources = { "Stripe: The secret life of DNS packets (May 2019)" },
}

collect { bin = "10s" }

local root = zone(".", { servers = { { "198.18.0.1", "fd00:5f::1" } } })

-- Consul's, in the cluster's reach without the VPC's resolver.
local internal = zone("internal.", {
	parent = root,
	signed = false,
	servers = { { "198.18.1.1", "fd00:5f::1:1", latency = "1ms" } },
	delegations = population { count = 2000, hosters = 5, latency = "1ms", ttl = { [30] = 0.5, [60] = 0.5 } },
})

-- What is asked of Route 53 and of everybody else, by way of the VPC's resolver.
local com = zone("com.", {
	parent = root,
	signed = false,
	servers = { { "198.18.2.1", "fd00:5f::2:1" } },
	delegations = population { count = 5000, hosters = 20, ttl = { [60] = 0.5, [300] = 0.5 } },
})

local arpa = zone("in-addr.arpa.", {
	parent = root,
	signed = false,
	latency = param("far", "80ms"),
	ttl = { negative = 900 },
	servers = { { "198.18.3.1", "fd00:5f::3:1" } },
})

local function after(seconds) -- the job began at 13:00
	return string.format("2019-05-21T13:%02d:%02dZ", seconds // 60, seconds % 60)
end

local BEGINS, ENDS = after(0), after(lasts)

local stub = { timeout = "5s", attempts = 5, retry_on = { "servfail", "timeout" } }

traffic {
	name = "users",
	zone = internal,
	outside = { zone = com, share = 0.2 },
	names = zipf { exponent = 1.0, count = 1000 },
	rate = rate,
	clients = hosts * 10,
	stub = stub,
	jobs = others > 0 and { { from = from, to = to, rate = others, zone = com, type = "A" } } or nil,
}

traffic {
	name = "job",
	zone = arpa,
	nxdomain = 1,
	rate = 0,
	clients = hosts * 10,
	stub = stub,
	jobs = { { from = BEGINS, to = ENDS, rate = job, zone = arpa, type = "PTR" } },
}

local consul = resolver("consul", { driver = "unbound" })
local vpc = resolver("vpc", { driver = "unbound", capped = { pps = cap, per = "client" } })
local cluster = resolver("cluster", {
	count = nodes,
	driver = "unbound",
	forward = { ["."] = vpc, ["internal."] = consul },
})
local rules = { ["."] = cluster }
if split == "yes" then
	rules["in-addr.arpa."] = vpc
end
resolver("host", { count = hosts, driver = "unbound", forward = rules })

-- What the record says. The first bins, in which it builds up, and the last ones, in which it ends, are nobody's.
local STEADY = after(20)
local is_over = split == "no" and job + others > cap * nodes
-- What is left after it is asked again until it is answered or given up: where each node has less room for that, longer.
local SETTLED = lasts + (nodes > 1 and 90 or 30)

local function failures(run, begins, ends)
	return run:share("servfail", begins, ends) + run:share("timeout", begins, ends)
end

local function a_second(run, from_host, to_host, what)
	return run:link(from_host, to_host, STEADY, ENDS)[what] / (lasts - 20)
end

expect("nobody fails before the job", function(run)
	return failures(run, from, BEGINS) == 0
end)

if inside(after(SETTLED + 10)) then
	expect("nothing is dropped after it", function(run)
		return run:link("cluster", "vpc", after(SETTLED), to).dropped == 0
	end)
end

expect("what runs into the cap fails", function(run)
	local lost = run:share("servfail", after(10), ENDS, { class = "job" })
		+ run:share("timeout", after(10), ENDS, { class = "job" })
	return not is_over or lost > 0.05
end)

expect("no more are answered than the cap", function(run)
	local replies = a_second(run, "vpc", "cluster", "packets")
	return not is_over or replies < 1.02 * cap * nodes, string.format("%.0f a second are answered", replies)
end)

expect("clients have hardly more questions than before, where they have many", function(run)
	local function questions(begins, ends, seconds)
		return (run:count("queries", begins, ends) - run:count("retries", begins, ends)) / seconds
	end
	local now, before = questions(STEADY, ENDS, lasts - 20), questions("2019-05-21T12:59:50Z", BEGINS, 10)
	return rate + others < 5 * job or now < 1.25 * before, string.format("%.0f a second, and %.0f before", now, before)
end)

-- As the job begins, timers do not know yet how far away the names are: near the cap that may lock in what would fit.
expect("nothing is dropped below the cap", function(run)
	local begins = is_over and from or STEADY
	local ends = is_over and BEGINS or ENDS
	return (job + others) * 1.4 > cap * nodes and not is_over
		or run:link("cluster", "vpc", begins, ends).dropped == 0
end)

expect("with a rule on each host nothing fails, and nothing is dropped", function(run)
	return split == "no" or hosts * cap < job * 1.1 or others * 1.1 > cap * nodes
		or failures(run, BEGINS, to) == 0
			and run:link("host", "vpc").dropped + run:link("cluster", "vpc").dropped == 0
end)

if inside(after(SETTLED + 10)) then
	knows("unbound", "any", "nobody fails after it", function(run)
		return failures(run, after(SETTLED), to) < 1e-5
	end, { because = "what waits for an answer is asked again, and the cache has what came" })
end

if is_over then
	knows("unbound", "any", "replies are pinned at the cap", function(run)
		local replies = a_second(run, "vpc", "cluster", "packets")
		return replies > 0.98 * cap * nodes, string.format("%.0f a second are answered", replies)
	end, { because = "more is sent than the cap lets through, as long as anybody waits" })

	knows("unbound", "any", "a name is sent to the service several times over", function(run)
		local sent, back = a_second(run, "cluster", "vpc", "packets"), a_second(run, "vpc", "cluster", "packets")
		return sent > 2 * back,
			string.format("%.0f sent a second, %.1f for each that is answered, %.1f for each of the job's names", sent,
				sent / back, sent / job)
	end, { because = "clients, hosts and the cluster ask again by timers of their own (published: 4,290, 4.2 and about 7)" })

	knows("unbound", "any", "the request list rises while questions do not", function(run)
		local function most(begins, ends)
			local list = run:metric(nodes == 1 and "cluster/requests" or "cluster-1/requests", begins, ends)
			return math.max(0, table.unpack(list.value))
		end
		local before, during = most(from, BEGINS), most(STEADY, ENDS)
		return during > 10 * math.max(before, 10), string.format("%d at most, and %d before", during, before)
	end, { because = "each request that is not answered stays until its last retransmission" })
end
