-- SPDX-License-Identifier: BSD-2-Clause
-- Stripe's DNS in 2019: each host has a resolver, which forwards to a small cluster, and that to the VPC's resolver, which
-- answers 1,024 packets a second for each network interface and drops the rest without a word. An hourly job looks up the
-- names of addresses, each another one. Beyond the cap each layer asks again by timers of its own, and what was a little too
-- much becomes several times as much.
--
--	sigfault run stripe-2019 --sweep split=no,yes
--
-- `split` is what they did: the hosts ask the VPC's resolver for those names themselves, and each has a cap of its own. links.csv
-- has what was sent on each way and dropped, requests.csv how many requests are in work.

local hosts = param("hosts", 3)
local nodes = param("cluster", 1)
local cap = param("cap", 1024)
local rate = param("rate", 50) -- clients' questions for what is in caches, most of it
local others = param("others", 450) -- and a second for what is in none, all day long
local split = param("split", "no")
local job = param("job", 613) -- look-ups a second of the job, each for another name

scenario {
	name = "stripe-2019",
	title = "Reverse look-ups run into a cap, and everybody else's go with them",
	teaches = "timers of several layers multiply: 600 names a second become four times a cap of 1,024",
	from = "2019-05-21T12:59:00Z",
	to = "2019-05-21T13:04:00Z",
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

local BEGINS, ENDS = "13:00", "13:03"

local jobs = {}
if others > 0 then
	jobs[1] = { from = "12:59", to = "13:04", rate = others, zone = com, type = "A" }
end
jobs[#jobs + 1] = { from = BEGINS, to = ENDS, rate = job, zone = arpa, type = "PTR" }

traffic {
	zone = internal,
	outside = { zone = com, share = 0.2 },
	names = zipf { exponent = 1.0, count = 1000 },
	rate = rate,
	clients = hosts * 10,
	stub = { timeout = "5s", attempts = 5, retry_on = { "servfail", "timeout" } },
	jobs = jobs,
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

expect("nobody fails before the job", function(run)
	return run:share("servfail", "12:59", "13:00") + run:share("timeout", "12:59", "13:00") == 0
end)

expect("what runs into the cap fails", function(run)
	local lost = run:share("servfail", "13:00:10", "13:03", { class = "nxdomain" })
		+ run:share("timeout", "13:00:10", "13:03", { class = "nxdomain" })
	return split == "yes" or job + others <= cap or lost > 0.05
end)

expect("with a rule on each host nothing does", function(run)
	local lost = run:share("servfail", "13:00", "13:04") + run:share("timeout", "13:00", "13:04")
	return split == "no" or hosts * cap < job or others > cap / 2 or lost == 0
end)

