-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks. Every leaf record has one TTL, and hosters answer at once, so that the second in which an address was
-- given is the one in which the resolver got it: the TTLs in answers can be judged.
scenario { name = "healthy", title = "Nothing breaks", from = "2026-05-05T12:00Z", to = "+1200s" }
collect { bin = "60s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	nsec3 = { optout = true },
	servers = { "198.18.1.1" },
	delegations = population { count = 2000, signed = 0.3, hosters = 5, ttl = { [300] = 1 }, latency = "0ms" },
})

traffic {
	zone = de,
	rate = 20,
	names = zipf { exponent = 1.0, count = 200 },
	clients = 20,
	aaaa = 0,
	stub = { timeout = "2s", attempts = 1, retry_on = {} },
}

expect("every query is answered", function(run)
	return run:share("noerror", "+0s", "+1200s") == 1
end)
