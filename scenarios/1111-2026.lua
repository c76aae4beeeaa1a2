-- SPDX-License-Identifier: BSD-2-Clause
-- 1.1.1.1 during the .de outage of 5 May 2026.
--
-- A public resolver is many caches, each started at another time. Where one has a step, a plateau and a cliff (de-2026),
-- all of them together climb: an immediate step at 19:30, then more SERVFAIL every minute as cached records ran out, until
-- an override, equal to a negative trust anchor, was live at 22:17. With stale answers (RFC 8767) NOERROR stayed nearly
-- flat; counted without them it fell.
--
-- Nobody published a number: what is expected here is the shape of both graphs. Not known are how many caches there are,
-- how old, what they are asked, and when the second resolver, the one for the origins of a content network, got "a
-- similar" anchor: those are params. Which resolver it is made of was not published either: any that gives stale answers
-- for bogus ones has the shape, as Unbound of the store does (-r unbound@1.26.2). About 3 % SERVFAIL at all times is what
-- it had in October 2023.
--
-- Beside each cache stands the resolver for origins, of the same make, with askers and an anchor of its own: users are the
-- class `users`, the content network's fetches `origins`.
--
-- Each of its SERVFAILs said EDE 22, No Reachable Authority, where the validator meant 6, DNSSEC Bogus: its code got lost
-- between two layers of it. `front` puts a layer before each cache that does that, too:
--
--     sigfault run 1111-2026 -r unbound@1.26.2 -m override --sweep front=none,bind,powerdns@5.4.9
--
-- PowerDNS Recursor, from 5.2 on, that leaves validation to who is behind it says 22 for each; BIND says nothing.

local only = require "lib.inside"

local from = param("from", "2026-05-05T17:30Z")
local to = param("to", "2026-05-05T23:45Z")
local caches = param("caches", 20)
local rate = param("rate", 5) -- first questions a second at each cache
local names = param("names", 250) -- popular ones
local override = param("override", "22:17")
local origins_override = param("origins_override", "21:30") -- not published
local front = param("front", "none") -- who stands before the caches, as -r has it
local origins_rate = param("origins_rate", front == "none" and 0.5 or 0) -- questions a second of the content network
local population_size = param("population", 17900000)
local signed = param("signed", 0.04)

scenario {
	name = "1111-2026",
	title = "1.1.1.1 during the .de outage of 5 May 2026",
	teaches = "many caches of many ages make a ramp out of cliffs; "
		.. "stale answers keep what users get nearly flat, until an anchor ends it",
	sources = {
		"Cloudflare, When DNSSEC goes wrong, 6 May 2026",
		"DENIC, Analysis of the DNS outage, 8 May, and Final report, 11 June 2026",
		"Cloudflare, 1.1.1.1 lookup failures, October 2023 (3 % at all times)",
	},
	from = from,
	to = to,
}

collect { bin = "5m" }

local root = zone(".", {
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { bits = 2048 },
	ttl = { delegation = 172800, ds = 86400, dnskey = 172800, nsec = 86400, negative = 86400 },
	servers = {
		["a.root-servers.test."] = { "198.18.0.1", "fd00:5f::1" },
		["b.root-servers.test."] = { "198.18.0.2", "fd00:5f::2" },
	},
})

-- Not all is well with them even before.
local function ill(plan)
	plan.lame, plan.dark, plan.bogus = param("lame", 0.013), param("dark", 0.002), param("bogus", 0.02)
	return population(plan)
end

local net = zone("net.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	nsec3 = { iterations = 0, salt = "", optout = true },
	ttl = { delegation = 172800, ds = 86400, dnskey = 86400, nsec3 = 900, negative = 900 },
	servers = {
		["a.gtld-servers.net."] = { "198.18.2.1", "fd00:5f::2:1" },
		["b.gtld-servers.net."] = { "198.18.2.2", "fd00:5f::2:2" },
	},
	delegations = ill {
		count = 1000000,
		signed = signed,
		hosters = 100,
		ttl = { [60] = 0.1, [300] = 0.3, [3600] = 0.4, [86400] = 0.2 },
		latency = "20ms",
	},
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
	validity = "14d",
	backdate = "90m",
	version_every = "1m",
	nsec3 = { iterations = 0, salt = "", optout = true },
	ttl = { soa = 86400, ns = 86400, dnskey = 3600, delegation = 86400, ds = 86400, nsec3 = 7200, negative = 7200 },
	edns_size = 1452,
	servers = {
		["a.nic.de."] = { "198.18.1.1", "fd00:5f::1:1" },
		["f.nic.de."] = { "198.18.1.2", "fd00:5f::1:2" },
		["z.nic.de."] = { "198.18.1.3", "fd00:5f::1:3" },
		["l.de.net."] = { "198.18.1.4", "fd00:5f::1:4" },
		["n.de.net."] = { "198.18.1.5", "fd00:5f::1:5" },
		["s.de.net."] = { "198.18.1.6", "fd00:5f::1:6" },
	},
	delegations = ill {
		count = population_size,
		signed = signed,
		hosters = 200,
		hosters_in = { ["de."] = 0.7, ["net."] = 0.3 },
		ttl = { [60] = 0.1, [300] = 0.3, [3600] = 0.4, [86400] = 0.2 },
		latency = "20ms",
	},
})

-- One resolver alone, unless somebody stands before or beside it.
local public, asked, origins
if front ~= "none" or origins_rate > 0 then
	public = resolver("public", { tested = true })
	asked = public
end
if front ~= "none" then
	asked = resolver("front", { driver = front, mitigation = "front", forward = { ["."] = public } })
end
if origins_rate > 0 then
	origins = resolver("origins", { like = public })
end

local function stub(whom)
	local plan = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } }
	plan.resolvers = whom and { whom }
	return plan
end

traffic {
	name = "users",
	zone = de,
	outside = { zone = net, share = param("outside", 0.15) },
	rate = rate,
	names = zipf { exponent = param("zipf", 1.0), count = names },
	clients = param("clients", 250),
	nxdomain = 0.03,
	fresh = param("fresh", 0.1), -- names that a cache was not asked for before: no stale answer helps them
	cd = 0.005,
	stub = stub(asked),
}

-- Origins are names that are there, most of them asked for all the time.
if origins then
	traffic {
		name = "origins",
		zone = de,
		outside = { zone = net, share = 0.15 },
		rate = origins_rate,
		names = zipf { exponent = 1.0, count = 100 },
		clients = 10,
		fresh = 0.05,
		stub = stub(origins),
	}
end
local USERS = origins and { class = "users" } or nil

-- Caches as old as makes no cliff: the proofs of de. are the longest-lived thing that all its names hang on.
fleet { count = caches, ages = "even" }

at("19:19", de:sign {
	key = "new",
	mismatched = 2 / 3,
	always_mismatched = { "apex-nsec3" },
	reaches_servers = { from = "19:29", to = "19:30" },
})
only.at("21:45:14", de:sign { key = "old", reaches_servers = { from = "22:08", to = "23:15" } })

-- A negative trust anchor, and what is known of the zone forgotten: an override holds at once.
local function override_at(whom, time)
	only.at(time, whom:nta "de.")
	only.at(time, whom:flush "de.")
end

local function overrides()
	override_at(resolver, override)
	if origins then
		override_at(origins, origins_override)
	end
end

-- SERVFAIL climbed for longer than the hour for which Unbound, by its default, keeps a denial from 1.18 on: theirs kept them for
-- as long as the zone says.
local LONG = { unbound = "server:\n    cache-max-negative-ttl: 86400\n", bind = "", knot = "", powerdns = "" }

mitigation("override", {
	about = "the override of 22:17, without stale answers",
	like = "none",
	settings = LONG,
	operator = overrides,
})
mitigation("1111", {
	about = "as it was: stale answers, and the override of 22:17",
	like = "serve-stale",
	settings = LONG,
	operator = overrides,
})
-- It asks without CD, and what it makes of the answers is its own: PowerDNS validates nothing. BIND does, as it comes.
mitigation("front", {
	about = "is in front: asks the caches for all and leaves validation to them, where it can",
	like = "none",
	settings = { powerdns = "dnssec=off\n", bind = "", knot = "", unbound = "", dnsdist = "", dnsmasq = "" },
})

local function percent(share)
	return ("%.1f %%"):format(100 * share)
end

local function users(run, column, a, b)
	return run:share(column, a, b, USERS)
end

-- From the step to when the first server is well again.
local HALVES = { "19:45", "20:15", "20:45", "21:15", "21:45", "22:07" }

-- 3.5 % of the names, whatever they weigh: of a Zipf's first ones one may be among them. Five standard deviations of that.
only.expect("a small share fails at all times", "18:30", "19:15", function(run, a, b)
	local share = users(run, "servfail", a, b)
	return share > 0.005 and share < 0.15, percent(share)
end)

only.expect("SERVFAIL steps up at once when the fault has reached every server", "19:35", "19:45", function(run, a, b)
	return users(run, "servfail", a, b) > users(run, "servfail", "18:30", "19:15") + 0.02
end)

-- At 21:30 the last cache has lost what it knew from before; from then on it is level.
for _, mitigation in ipairs { "override", "1111" } do
	only.expect("SERVFAIL climbs from half hour to half hour until the last proof has run out", "19:30", "22:07", function(run)
		local told, climbs, before = {}, true, 0
		for i = 2, #HALVES do
			local share = users(run, "servfail", HALVES[i - 1], HALVES[i])
			climbs = climbs and share > before - (i < #HALVES and 0 or 0.03)
			told[i - 1], before = percent(share), share
		end
		return climbs, table.concat(told, ", ")
	end, { mitigation = mitigation })
end

-- A front that validates by itself has no override of its own.
local validates = front:find "^bind" or front:find "^knot" or front:find "^unbound"
for _, mitigation in ipairs(validates and {} or { "override", "1111" }) do
	only.expect("the override ends it within five minutes", "22:25", "22:55", function(run, a, b)
		return users(run, "servfail", a, b) < users(run, "servfail", "18:30", "19:15") + 0.02
	end, { mitigation = mitigation })
end

only.expect("without stale answers NOERROR falls steadily", "21:30", "22:07", function(run, a, b)
	local before, during = users(run, "noerror", "18:30", "19:15"), users(run, "noerror", a, b)
	return during < before - 0.3, percent(before) .. " before, " .. percent(during) .. " at the end"
end, { mitigation = "override" })

-- The content network's fetches fail by another resolver than users' questions, and for another time.
if origins and origins_override < override then
	for _, mitigation in ipairs { "override", "1111" } do
		only.expect("the origins' resolver is well from its own anchor on, while users wait for theirs", "21:36", "22:07",
			function(run, a, b)
				local theirs, of_users = run:share("servfail", a, b, { class = "origins" }), users(run, "servfail", a, b)
				return theirs < 0.1 and theirs < of_users - 0.02,
					"origins " .. percent(theirs) .. ", users " .. percent(of_users)
			end, { mitigation = mitigation })
	end
end

-- Of the SERVFAILs the share that has a code; -1: none.
local function coded(run, code, a, b)
	local all, n = 0, 0
	for is, count in pairs(run:ede(a, b, { rcode = "SERVFAIL" })) do
		all = all + count
		n = n + (is == code and count or 0)
	end
	return all > 0 and n / all or 0
end

if front:find "^bind" or front:find "^powerdns" then
	only.expect("no SERVFAIL says DNSSEC Bogus behind a front that loses it", "19:35", "19:45", function(run, a, b)
		local bogus = coded(run, 6, a, b)
		return bogus == 0, ("EDE 6 %s, EDE 22 %s, none %s"):format(percent(bogus), percent(coded(run, 22, a, b)),
			percent(coded(run, -1, a, b)))
	end)
end
if front == "none" then
	only.knows("unbound", ">= 1.22", "SERVFAIL says DNSSEC Bogus", "19:35", "19:45", function(run, a, b)
		local bogus = coded(run, 6, a, b)
		return bogus > 0.8, percent(bogus) .. " of them"
	end, { because = "it validates, and nobody stands before it", mitigation = "override" })
end

-- What a resolver makes of serve-stale differs: whether a bogus answer is a failure of which stale data may be given out.
local function flat(resolver, versions, text, wanted, because)
	only.knows(resolver, versions, text, "19:35", "22:07", function(run)
		local step, level = users(run, "noerror", "19:35", "19:50"), users(run, "noerror", "21:30", "22:07")
		local stale = users(run, "stale", "21:30", "22:07")
		return (level > step - 0.05) == wanted and (stale > 0) == wanted,
			("NOERROR %s after the step, %s at the end, of it stale %s"):format(percent(step), percent(level), percent(stale))
	end, { because = because, mitigation = "1111" })
end
flat("unbound", ">= 1.22", "after the step NOERROR stays flat, with stale answers", true, "seen in 1.26.2")
flat("unbound", "< 1.22", "stale answers do not come, and NOERROR falls", false,
	"to it a bogus answer is an answer, and comes before the client timeout")
flat("bind", "any", "stale answers do not come, and NOERROR falls", false,
	"a bogus answer comes before the client timeout, and counts as an answer")

local has_all = inside "19:15" and inside "22:07"
report(function(run)
	if not has_all then
		return
	end
	for i = 2, #HALVES do
		local a, b = HALVES[i - 1], HALVES[i]
		print(("%s-%s: SERVFAIL %s, NOERROR %s, without stale answers %s"):format(a, b,
			percent(users(run, "servfail", a, b)), percent(users(run, "noerror", a, b)),
			percent(users(run, "noerror", a, b) - users(run, "stale", a, b))))
	end
	print(("19:35-22:07: of the SERVFAILs EDE 6 %s, EDE 22 %s, without any %s"):format(
		percent(coded(run, 6, "19:35", "22:07")), percent(coded(run, 22, "19:35", "22:07")),
		percent(coded(run, -1, "19:35", "22:07"))))
end)

allow {
	servfail_share = { worse_by = 0.02 },
	peak = { worse_by = 0.05 },
	wrong = { worse_by = 0 },
}
