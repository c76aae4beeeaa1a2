-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks, but the servers of the root and of de. send no more than 512 bytes by UDP: most of what they have
-- signed has to be fetched by TCP.
scenario { name = "narrow", title = "Answers that do not fit", from = "2026-05-05T12:00Z", to = "+300s" }

local root = zone(".", {
	algorithm = "RSASHA256",
	edns_size = 512,
	servers = { { "198.18.0.1", "fd00:5f::1" } },
})
local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { bits = 2048 },
	nsec3 = { optout = false },
	edns_size = 512,
	ttl = { delegation = 20, ds = 20, nsec3 = 20, negative = 20, dnskey = 60 },
	servers = { { "198.18.1.1", "fd00:5f::1:1" }, { "198.18.1.2", "fd00:5f::1:2" } },
	delegations = population { count = 2000, signed = 0.5, hosters = 5, ttl = { [20] = 1 } },
})

traffic {
	zone = de,
	rate = 20,
	names = zipf { exponent = 1.0, count = 200 },
	clients = 20,
	nxdomain = 0.2,
	stub = { timeout = "5s", attempts = 1, retry_on = {} },
}

expect("every query is answered", function(run)
	return run:count("servfail", 0, 300) + run:count("timeout", 0, 300) == 0
end)
