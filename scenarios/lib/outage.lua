-- SPDX-License-Identifier: BSD-2-Clause
-- What the scripts of real outages share: a root, a registry's zone with its delegations, a company's zone with names of its own,
-- their users, and what every run must show. A key that a script gives stands instead of the one here.

local only = require "lib.inside"

local outage = { at = only.at, expect = only.expect, knows = only.knows }

local function with(defaults, more)
	local all = {}
	for key, value in pairs(defaults) do all[key] = value end
	for key, value in pairs(more or {}) do all[key] = value end
	return all
end

-- scenario {}, whose `from` and `to` may be set: a shorter run is the same one, cut off.
function outage.story(story)
	scenario(with(story, { from = param("from", story.from), to = param("to", story.to) }))
end

-- `count` servers in 198.18.`net`.0/24, without names.
function outage.servers(count, net)
	local list = {}
	for i = 1, count do
		list[i] = { ("198.18.%d.%d"):format(net, i), ("fd00:5f::%d:%d"):format(net, i) }
	end
	return list
end

function outage.root(more)
	return zone(".", with({
		algorithm = "RSASHA256",
		ksk = { bits = 2048 },
		zsk = { bits = 2048 },
		version_every = "12h",
		ttl = { delegation = 172800, ds = 86400, dnskey = 172800, nsec = 86400, negative = 86400 },
		servers = outage.servers(2, 0),
	}, more))
end

-- A registry: delegations to hosters, about `signed` of them with a DS. How many are signed is seldom published: param "signed".
function outage.registry(name, parent, more)
	more = more or {}
	local plan = with({
		parent = parent,
		version_every = "1h",
		nsec3 = more.denial ~= "nsec" and more.signed ~= false and { optout = true } or nil,
		servers = outage.servers(more.server_count or 4, more.net or 1),
		delegations = population {
			count = param("population", more.names or 1000000),
			signed = more.signed == false and 0 or param("signed", more.signed_share or 0.1),
			hosters = 50,
			ttl = { [60] = 0.1, [300] = 0.3, [3600] = 0.4, [86400] = 0.2 },
			latency = "20ms",
		},
	}, more)
	plan.server_count, plan.net, plan.names, plan.signed_share = nil, nil, nil, nil
	return zone(name, plan)
end

-- A healthy TLD: what its users ask for shows what goes on beside the fault.
function outage.beside(name, parent)
	return zone(name, {
		parent = parent,
		version_every = "1h",
		nsec3 = { optout = true },
		ttl = { delegation = 172800, ds = 86400, dnskey = 86400, nsec3 = 900, negative = 900 },
		servers = outage.servers(2, 2),
		delegations = population { count = 1000000, signed = 0.3, hosters = 50, ttl = { [300] = 0.5, [3600] = 0.5 } },
	})
end

-- A company's zone: every name below it is there, out of a wildcard.
function outage.company(name, parent, more)
	more = more or {}
	local plan = with({
		parent = parent,
		version_every = "1h",
		wildcard = { names = 1000000 },
		servers = outage.servers(more.server_count or 4, more.net or 3),
	}, more)
	plan.server_count, plan.net = nil, nil
	return zone(name, plan)
end

-- Who asks. Rates and shares are nobody's figures but ours: what a run shows is shares.
function outage.users(more)
	traffic(with({
		rate = param("rate", more.rate or 0.5), -- first questions a second
		clients = param("clients", more.clients or 100),
		names = zipf { exponent = 1.0, count = param("names", more.popular or 200) },
		fresh = param("fresh", more.fresh or 0.1), -- share of questions for names that nobody asked for before
		nxdomain = more.nxdomain or 0,
		outside = more.outside and { zone = more.outside, share = 0.1 } or 0,
		cd = more.cd or 0.02,
		stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
	}, { zone = more.zone, aaaa = more.aaaa }))
end

-- Of the distinct names of a class that were asked for: the share that failed. A name counts once, however often it is asked for.
function outage.failed(run, from, to, class)
	local asked = run:count("names", from, to, { class = class })
	if asked == 0 then
		error("no names of class '" .. (class or "all") .. "' between " .. from .. " and " .. to)
	end
	return run:count("failed_names", from, to, { class = class }) / asked
end

-- Queries a second that the servers of a zone got.
function outage.load(run, name, from, to, seconds)
	local queries = run:upstream(from, to, { zone = name })
	return queries / seconds
end

function outage.well_before(from, to)
	only.expect("nothing fails before the fault", from, to, function(run, a, b)
		return run:share("servfail", a, b) < 0.01 and run:share("timeout", a, b) < 0.01
	end)
end

-- All TTLs are over. What a resolver still fails then is what it kept of the fault by rules of its own, and never most of it.
function outage.well_after(from, to)
	only.expect("it is over when it is said to be over", from, to, function(run, a, b)
		return run:share("servfail", a, b) < 0.5
	end)
	for _, name in ipairs { "unbound", "bind", "knot" } do
		only.knows(name, "any", "nothing of it is left when the TTLs are over", from, to, function(run, a, b)
			return run:share("servfail", a, b) < 0.01
		end, { because = "it keeps what it found bogus for minutes at most" })
	end
	only.knows("powerdns", "< 4.9", "less than a third of it is left when the TTLs are over", from, to, function(run, a, b)
		return run:share("servfail", a, b) < 0.3
	end, { because = "it keeps what was bogus for up to an hour (max-cache-bogus-ttl), and as long again where that is renewed" })
end

-- Between `least` and `most` of the names of a class fail.
-- `or_all`: or each of them, where the lot may fall on what all of them hang on.
function outage.names_fail(text, from, to, class, least, most, where, or_all)
	only.expect(text, from, to, function(run, a, b)
		local share = outage.failed(run, a, b, class)
		local is_so = share >= least and share <= (most or 1) or (or_all and share > 0.99) or false
		return is_so, ("%.1f %% of them"):format(100 * share)
	end, where)
end

-- Questions with CD set: the data are there, it is validation that refuses them.
function outage.cd_is_answered(from, to)
	for _, name in ipairs { "unbound", "bind", "knot" } do
		only.knows(name, "any", "questions with CD set are answered", from, to, function(run, a, b)
			return run:share("servfail", a, b, { class = "cd" }) < 0.01
		end, { because = "RFC 4035, section 3.2.2: who sets it checks by himself" })
	end
end

-- PowerDNS Recursor 4.8 gives SERVFAIL to up to three in four of them, in real time too, where it holds what it found bogus.
function outage.cd_fails_in_powerdns(from, to)
	only.knows("powerdns", "< 4.9", "some questions with CD set fail like the others", from, to, function(run, a, b)
		return run:share("servfail", a, b, { class = "cd" }) >= 0.01
	end, { because = "what it has found bogus it gives to nobody" })
end

-- A negative trust anchor, and a flush, end it; `at` is our choice unless the script says otherwise.
function outage.nta(name, at, over)
	mitigation("nta", function()
		only.at(at, resolver:nta(name))
	end)
	only.expect("a negative trust anchor and a flush end it", over[1], over[2], function(run, a, b)
		return run:share("servfail", a, b) < 0.01
	end, { mitigation = "nta-flush" })
end

-- Unbound takes signatures for a tenth of their validity longer, an hour at least and a day at most: here it does not.
function outage.without_skew()
	mitigation("no-skew", {
		about = "signatures end when they end: Unbound's val-sig-skew is 0",
		settings = { unbound = "server:\n    val-sig-skew-min: 0\n    val-sig-skew-max: 0\n" },
	})
end

return outage
