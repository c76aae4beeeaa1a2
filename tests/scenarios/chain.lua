-- SPDX-License-Identifier: BSD-2-Clause
-- minute, but clients ask hosts, and these a cluster: for tests of several resolvers in one cell.

local rate = param("rate", 20)
local population_size = param("population", 2000)
local third = param("third", 60) -- seconds before the fault, of it and after it
-- Proofs and delegations of 23 s, so that cached ones run out within the minute, and neither as the fault begins nor as it ends.
local ttl = math.floor(third * 23 / 60)

local function after(thirds) return ("+%ds"):format(math.floor(thirds * third)) end

scenario {
	name = "chain",
	title = "The same minute behind hosts that forward to a cluster",
	from = "2026-05-05T19:18Z",
	to = after(3),
}

collect { bin = "10s" }

local root = zone(".", {
	algorithm = "RSASHA256",
	servers = { { "198.18.0.1", "fd00:5f::1" } },
})

local net = zone("net.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	nsec3 = { optout = true },
	servers = { { "198.18.2.1", "fd00:5f::2:1" } },
	delegations = population { count = 200, signed = 0.05, hosters = 5, ttl = { [9] = 1 } },
})

local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	ksk = { bits = 2048, tag = 26755 },
	zsk = {
		old = { bits = 1024, tag = 32911 },
		new = { bits = 1024, tag = 33834, published = "2026-05-02T12:00Z" },
	},
	nsec3 = { iterations = 0, salt = "", optout = true },
	ttl = { dnskey = ttl, delegation = ttl, ds = ttl, nsec3 = ttl, negative = ttl },
	servers = {
		["a.nic.de."] = { "198.18.1.1", "fd00:5f::1:1" },
		["l.de.net."] = { "198.18.1.2", "fd00:5f::1:2" },
	},
	delegations = population {
		count = population_size,
		signed = 0.1,
		hosters = 20,
		hosters_in = { ["de."] = 0.7, ["net."] = 0.3 },
		ttl = { [9] = 0.5, [ttl] = 0.5 },
	},
})

traffic {
	zone = de,
	outside = { zone = net, share = 0.15 },
	rate = rate,
	names = zipf { exponent = 1.0, count = 100 },
	clients = 50,
	nxdomain = 0.05,
	fresh = 0.1,
	cd = 0.02,
	stub = { timeout = "2s", attempts = 2, retry_on = { "servfail", "timeout" } },
}

at(after(1), de:sign { key = "new", mismatched = 2 / 3, always_mismatched = { "apex-nsec3" } })
at(after(2), de:sign { key = "old" })

expect("nothing fails before the fault", function(run)
	return run:share("servfail", "+0s", after(1)) == 0
end)

expect("non-existent names fail while the key is wrong", function(run)
	return run:share("servfail", after(7 / 6), after(2), { class = "nxdomain" }) > 0.9
end, { mitigation = "none" })

expect("names outside of the TLD mostly do not care", function(run)
	return run:share("servfail", "+0s", after(3), { class = "outside" }) < 0.5
end)

local hosts = param("hosts", 2)
local cap = param("cap", 0)

local cluster = resolver("cluster", {
	count = 3,
	driver = "unbound",
	delay = "1ms",
	capped = cap > 0 and { pps = cap } or nil,
})
local host = resolver("host", { count = hosts, driver = "unbound", forward = { ["."] = cluster } })

mitigation("nta-everywhere", function()
	at(after(1.5), host:nta "de.")
	at(after(1.5), cluster:nta "de.")
	at(after(1.5), cluster:flush "de.")
	at(after(1.5), host:flush "de.")
end)
