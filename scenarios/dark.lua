-- SPDX-License-Identifier: BSD-2-Clause
-- A TLD's servers go dark one after the other, all of them in the end, and come back. Nothing is wrong with DNSSEC:
-- what shows is how a resolver asks again, which servers it turns to, and what it can still give from its cache.

local rate = param("rate", 20)
local population_size = param("population", 2000)

scenario {
	name = "dark",
	title = "A TLD's servers go dark, one after the other",
	from = "2026-05-05T11:59:50Z",
	to = "2026-05-05T12:10Z",
}

collect { bin = "10s" }

local root = zone(".", {
	algorithm = "ECDSAP256SHA256",
	servers = { { "198.18.0.1", "fd00:5f::1" } },
})

local tld = zone("zz.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	denial = "nsec3",
	ttl = { delegation = 60, negative = 30 },
	servers = {
		["a.nic.zz."] = { "198.18.1.1", "fd00:5f::1:1", latency = "5ms" },
		["b.nic.zz."] = { "198.18.1.2", "fd00:5f::1:2", latency = "30ms" },
	},
	delegations = population { count = population_size, hosters = 20, ttl = { [30] = 0.5, [300] = 0.5 } },
})

traffic {
	rate = rate,
	names = zipf { exponent = 1.0, count = math.min(300, population_size) },
	clients = 50,
	fresh = 0.1,
	nxdomain = 0.05,
	stub = { timeout = "5s", attempts = 2, retry_on = { "servfail", "timeout" } },
}

at("12:02", tld:server("a.nic.zz."):dark { to = "12:08" })
at("12:04", tld:server("b.nic.zz."):dark { to = "12:08" })
at("12:04", mark "nobody answers for zz.")

expect("nothing fails while all servers answer", function(run)
	return run:share("servfail", "12:00", "12:02") == 0
end)

expect("one server of two is enough", function(run)
	return run:share("servfail", "12:02:30", "12:04") < 0.05
end)

expect("names that no cache holds fail when all servers are dark", function(run)
	return run:share("noerror", "12:04:30", "12:08", { class = "fresh-unsigned" }) < 0.05
end, { mitigation = "none" })
