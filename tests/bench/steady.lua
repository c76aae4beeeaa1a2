-- SPDX-License-Identifier: BSD-2-Clause
-- The traffic of de-2026 without its fault, and with records that live longer than the run: the resolver's cache does the same
-- in two virtual hours as in the seconds of a flat-out run, so that both can be compared.
local rate = param("rate", 100)

scenario {
	name = "steady",
	title = "The traffic of de-2026, nothing broken",
	from = "2026-05-05T13:00Z",
	to = "2026-05-05T15:00Z",
}

local root = zone(".", {
	algorithm = "RSASHA256",
	ttl = { delegation = 172800, ds = 86400, dnskey = 172800, nsec = 86400, negative = 86400 },
	servers = { { "198.18.0.1", "fd00:5f::1" } },
})

local net = zone("net.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	nsec3 = { optout = true },
	ttl = { dnskey = 86400 },
	servers = { { "198.18.2.1", "fd00:5f::2:1" } },
	delegations = population { count = 1000000, signed = 0.04, hosters = 100, ttl = { [86400] = 1 } },
})

local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { bits = 1024 },
	nsec3 = { optout = true },
	ttl = { dnskey = 86400, nsec3 = 86400, negative = 86400 },
	servers = { { "198.18.1.1", "fd00:5f::1:1" } },
	delegations = population { count = 17900000, signed = 0.04, hosters = 200, ttl = { [86400] = 1 } },
})

traffic {
	zone = de,
	outside = { zone = net, share = 0.15 },
	rate = rate,
	names = zipf { exponent = 1.0, count = 20000 },
	clients = 5000,
	nxdomain = 0.03,
	fresh = 0.01,
	cd = 0.005,
}
