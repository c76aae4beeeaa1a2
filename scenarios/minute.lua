-- SPDX-License-Identifier: BSD-2-Clause
-- Three minutes of an outage: a small TLD like .de is signed with a key that nobody published at +60 s, and well
-- again at +120 s. For tests, and to see what a run looks like in a few seconds.

local rate = param("rate", 20)
local population_size = param("population", 2000)

scenario {
	name = "minute",
	title = "A TLD is signed with the wrong key for a minute",
	from = "2026-05-05T19:18Z",
	to = "+180s",
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
	-- Proofs and delegations of 23 s, so that cached ones run out within the minute, and neither as the fault begins nor as it ends.
	ttl = { dnskey = 23, delegation = 23, ds = 23, nsec3 = 23, negative = 23 },
	servers = {
		["a.nic.de."] = { "198.18.1.1", "fd00:5f::1:1" },
		["l.de.net."] = { "198.18.1.2", "fd00:5f::1:2" },
	},
	delegations = population {
		count = population_size,
		signed = 0.1,
		hosters = 20,
		hosters_in = { ["de."] = 0.7, ["net."] = 0.3 },
		ttl = { [9] = 0.5, [23] = 0.5 },
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

at("+60s", de:sign { key = "new", mismatched = 2 / 3, always_mismatched = { "apex-nsec3" } })
at("+120s", de:sign { key = "old" })

mitigation("nta", function()
	at("+90s", resolver:nta "de.")
	at("+150s", resolver:nta_remove "de.")
end)

expect("nothing fails before the fault", function(run)
	return run:share("servfail", "19:18", "19:19") == 0
end)

expect("non-existent names fail while the key is wrong", function(run)
	return run:share("servfail", "19:19:10", "19:20", { class = "nxdomain" }) > 0.9
end, { mitigation = "none" })

expect("names outside of the TLD mostly do not care", function(run)
	return run:share("servfail", "19:18", "19:21", { class = "outside" }) < 0.5
end)

-- What the resolvers of Debian 12 are known to do with it: why it failed (extended errors, RFC 8914: 6 is DNSSEC Bogus, 9 DNSKEY
-- Missing, -1 none at all), and how soon a negative trust anchor takes hold.
local function says(resolver, versions, text, judge, because)
	knows(resolver, versions, text, function(run)
		return judge(run:ede("19:19", "19:21"))
	end, { because = because, mitigation = "none" })
end

says("unbound", "< 1.18", "it says DNSKEY Missing first, and DNSSEC Bogus out of its cache", function(codes)
	return (codes[9] or 0) > 0 and (codes[6] or 0) > codes[9] and not codes[-1]
end, "the key is there: it is the signature that no key made")
says("bind", "< 9.19", "it does not say why", function(codes)
	return codes[-1] ~= nil and not codes[6] and not codes[9]
end, "9.18 has no code for errors of DNSSEC")
says("knot", "< 6", "it says DNSSEC Bogus each time", function(codes)
	return (codes[6] or 0) > 0 and not codes[-1]
end, "seen in 5.6.0")
says("powerdns", "< 4.9", "it says DNSSEC Bogus once, and nothing out of its cache", function(codes)
	return (codes[6] or 0) > 0 and (codes[-1] or 0) > 0
end, "seen in 4.8.8")

local function anchored(resolver, versions, text, least, most, because, with)
	knows(resolver, versions, text, function(run)
		local share = run:share("servfail", "19:19:40", "19:20")
		return share >= least and share <= most
	end, { because = because, mitigation = with })
end

anchored("unbound", "< 1.18", "the anchor alone does not take hold", 0.5, 1,
	"it goes on with the keys that it has in its cache", "nta")
for _, name in ipairs { "bind", "knot", "powerdns" } do
	anchored(name, "any", "the anchor takes hold at once", 0, 0.02, "it holds for what is asked from then on", "nta")
end
