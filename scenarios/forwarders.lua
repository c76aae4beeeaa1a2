-- SPDX-License-Identifier: BSD-2-Clause
-- The night of .de for users whose resolver forwards: to a provider's, a company's, a public one. Both may validate, and each
-- keeps what it has for a time of its own. Time goes four times as fast as on 5 May 2026: TTLs are a quarter, and so is
-- what lies between fault and repair; the world is small.
--
--     sigfault run forwarders -r unbound,bind,knot,powerdns --sweep behind=nobody,unbound,bind,knot,powerdns
--
-- -r is who stands in front and `behind` whom it asks for everything; behind=nobody is the same resolver on its own. dnsmasq
-- and dnsdist may stand in front, too. What was seen with Debian 12's is in FINDINGS.md.

local only = require "lib.inside"

local to = param("to", "2026-05-05T20:40Z")
local behind = param("behind", "unbound")
local behind_does = param("behind_mitigation", "none") -- no-validation: who is in front is left alone with it
local rate = param("rate", 5) -- first questions a second
local population_size = param("population", 100000)
local signed = param("signed", 0.04)

scenario {
	name = "forwarders",
	title = "The night of .de behind a forwarder, four times as fast",
	teaches = "two caches and two validators in a row: who forwards inherits the other's verdict, and adds its own",
	from = "2026-05-05T18:59Z",
	to = to,
}

local TTL = { dnskey = 900, delegation = 21600, ds = 21600, nsec3 = 1800, negative = 1800, ns = 21600, soa = 21600 }
local NAMES = { [15] = 0.1, [75] = 0.3, [900] = 0.4, [21600] = 0.2 }

local root = zone(".", {
	algorithm = "RSASHA256",
	ttl = { delegation = 43200, ds = 21600, dnskey = 43200, nsec = 21600, negative = 21600 },
	servers = { { "198.18.0.1", "fd00:5f::1" }, { "198.18.0.2", "fd00:5f::2" } },
})

local net = zone("net.", {
	parent = root,
	nsec3 = { optout = true },
	ttl = { delegation = 43200, ds = 21600, dnskey = 21600, nsec3 = 225, negative = 225 },
	servers = { { "198.18.2.1", "fd00:5f::2:1" }, { "198.18.2.2", "fd00:5f::2:2" } },
	delegations = population { count = 10000, signed = signed, hosters = 20, ttl = NAMES, latency = "20ms" },
})

local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	ksk = { bits = 2048, tag = 26755 },
	zsk = {
		old = { bits = 1024, tag = 32911 },
		new = { bits = 1024, tag = 33834, published = "2026-05-02T12:00Z" },
	},
	signs_with = "old",
	nsec3 = { optout = true },
	ttl = TTL,
	edns_size = 1452,
	servers = {
		["a.nic.de."] = { "198.18.1.1", "fd00:5f::1:1" },
		["f.nic.de."] = { "198.18.1.2", "fd00:5f::1:2" },
		["z.nic.de."] = { "198.18.1.3", "fd00:5f::1:3" },
		["l.de.net."] = { "198.18.1.4", "fd00:5f::1:4" },
		["n.de.net."] = { "198.18.1.5", "fd00:5f::1:5" },
		["s.de.net."] = { "198.18.1.6", "fd00:5f::1:6" },
	},
	delegations = population {
		count = population_size,
		signed = signed,
		hosters = 50,
		hosters_in = { ["de."] = 0.7, ["net."] = 0.3 },
		ttl = NAMES,
		latency = "20ms",
	},
})

traffic {
	zone = de,
	outside = { zone = net, share = 0.15 },
	rate = rate,
	names = zipf { exponent = 1.0, count = 250 },
	clients = 250,
	nxdomain = 0.03,
	fresh = 0.02,
	cd = 0.005,
	stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
}

-- `resolver` is who stands in front either way.
if behind ~= "nobody" then
	local asked = resolver("behind", { driver = behind, mitigation = behind_does, delay = "5ms" })
	resolver("front", { driver = param("front", "unbound"), forward = { ["."] = asked } })
end

only.at("19:19", de:sign {
	key = "new",
	mismatched = 2 / 3,
	always_mismatched = { "apex-nsec3" },
	reaches_servers = { from = "19:21:30", to = "19:21:45" },
})
only.at("19:55:30", de:sign { key = "old", reaches_servers = { from = "20:01:15", to = "20:18" } })

only.expect("SERVFAIL stays under 1 % before the fault", "19:10", "19:19", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end)

only.expect("SERVFAIL steps up when the fault has reached every server", "19:22", "19:25", function(run, a, b)
	return run:share("servfail", a, b) > run:share("servfail", "19:10", "19:19") + 0.02
end, { mitigation = "none" })

local phases = {
	{ "what proofs from before carry", "19:22", "19:29" },
	{ "no proof is left", "19:32", "20:01" },
	{ "one good server of six", "20:02", "20:18" },
	{ "all are well again", "20:19", "20:39" },
}
for _, phase in ipairs(phases) do
	phase.is_told = inside(phase[2]) and inside(phase[3])
end
report(function(run)
	for _, phase in ipairs(phases) do
		if phase.is_told then
			print(("%s-%s, %s: SERVFAIL %.1f %%"):format(phase[2], phase[3], phase[1],
				100 * run:share("servfail", phase[2], phase[3])))
		end
	end
end)
