-- SPDX-License-Identifier: BSD-2-Clause
-- chain's three minutes, but clients have two resolvers on one clock, and go to the other one where theirs fails: for tests.

local rate = param("rate", 20)
local strategy = param("strategy", "in order")
local second = param("second", "like") -- who is at the other site

scenario {
	name = "sites",
	title = "The same minute with a second resolver to turn to",
	from = "2026-05-05T19:18Z",
	to = "+180s",
}

collect { bin = "10s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { { "198.18.0.1", "fd00:5f::1" } } })

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
	servers = { ["a.nic.de."] = { "198.18.1.1", "fd00:5f::1:1" }, ["f.nic.de."] = { "198.18.1.2", "fd00:5f::1:2" } },
	delegations = population { count = 2000, signed = 0.1, hosters = 20, ttl = { [9] = 0.5, [23] = 0.5 } },
})

local a = resolver("site-a", {})
local b = resolver("site-b", second == "like" and { like = a } or { driver = second })

traffic {
	zone = de,
	rate = rate,
	names = zipf { exponent = 1.0, count = 100 },
	clients = 50,
	nxdomain = 0.05,
	fresh = 0.1,
	stub = {
		timeout = "2s",
		attempts = 2,
		retry_on = { "servfail", "timeout" },
		resolvers = { a, "site-b" },
		strategy = strategy,
	},
}

at("+60s", de:sign { key = "new", mismatched = 2 / 3, always_mismatched = { "apex-nsec3" } })
at("+120s", de:sign { key = "old" })

-- The operators of the second site are there as the fault begins, those of the first half a minute later.
mitigation("nta-b", function()
	at("+60s", b:nta "de.")
	at("+60s", b:flush "de.")
end)
mitigation("nta-both", function()
	for i, site in ipairs { b, a } do
		at(("+%ds"):format(30 + 30 * i), site:nta "de.")
		at(("+%ds"):format(30 + 30 * i), site:flush "de.")
	end
end)
mitigation("withdraw", function()
	at("+75s", clients:move { from = a, to = b, back = "+100s" })
end)
mitigation("shift", function()
	at("+75s", clients:move { from = a, to = b, share = 0.5 })
end)

mitigation("robot", function()
	local withdrawn
	watch { every = "10s", act = function(seen)
		if not withdrawn and seen:share("servfail") > 0.1 then
			withdrawn = true
			return clients:move { from = a, to = b }
		end
	end }
	at("+60s", b:nta "de.")
	at("+60s", b:flush "de.")
end)

-- The anchor of .de is another key's: the first site says SERVFAIL to all of it, at all times.
mitigation("wrong-anchor", {
	settings = { unbound = 'server:\n    trust-anchor: "de. DS 12345 8 2 ' .. ("00"):rep(32) .. '"\n' },
})

expect("nothing fails before the fault", function(run)
	return run:share("servfail", "19:18", "19:19") == 0
end, { mitigation = "none" })

expect("what fails at the first site goes on to the second", function(run)
	local first, second = run:asked("site-a", "19:19", "19:20"), run:asked("site-b", "19:19", "19:20")
	return first.went_on > 100 and second.queries >= first.went_on, first.went_on .. " did"
end, { mitigation = "none" })

expect("users of a second site with an anchor lose nothing", function(run)
	local a, b = run:asked "site-a", run:asked "site-b"
	return a.lost + b.lost == 0 and b.recovered == a.went_on and a.went_on > 100, b.recovered .. " recovered"
end, { mitigation = "nta-b" })
