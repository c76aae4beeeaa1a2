-- SPDX-License-Identifier: BSD-2-Clause
-- The .de outage of 5 May 2026.
--
-- A key rollover made three key pairs where there should have been one, all called 33834, and one of the three went
-- into the DNSKEY RRset. From 19:19 UTC on, whichever of them signed an RRset decided whether it could be validated:
-- two thirds could not. The NSEC3 of de. itself was among those, and it is part of every proof that a name has no DS
-- or does not exist. The name servers answered all the time.

local only = require "lib.inside"

-- The NSEC3 of de. is in every "no DS" proof, so a resolver's proofs all run out with it, 7200 s after it was last
-- fetched. Starting at 12:45 puts that at 20:45: the step at 19:30, what caches carry, and the cliff can be told
-- apart. Another `from` moves the cliff to anywhere between 19:30 and 21:30, as another resolver's luck would.
local from = param("from", "2026-05-05T12:45Z")
local to = param("to", "2026-05-06T01:30Z")
local population_size = param("population", 17900000) -- names below de.
local signed = param("signed", 0.04) -- of them with a DS; not published for .de
local rate = param("rate", 10) -- first questions a second
-- How well a cache serves is a matter of how often a name is asked for: with another rate there are as many more names and users.
local clients = param("clients", math.ceil(50 * rate))
local names = param("names", math.ceil(50 * rate)) -- popular ones
local zipf_exponent = param("zipf", 1.0)
local fresh = param("fresh", 0.01) -- share of questions for names that nobody asked for before
local nxdomain = param("nxdomain", 0.03)
local outside = param("outside", 0.15)
local cd = param("cd", 0.005)

scenario {
	name = "de-2026",
	title = ".de, 5 May 2026: three keys under one tag",
	teaches = "caches carry most of it until one record runs out: the NSEC3 of de. is in every proof",
	sources = {
		"Cloudflare, When DNSSEC goes wrong, 6 May 2026",
		"DENIC, Analysis of the DNS outage, 8 May, and Final report, 11 June 2026",
		"Verisign DNSSEC debugger, capture of 6 May 2026, 01:29:55 UTC",
	},
	from = from,
	to = to,
}

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

-- A healthy TLD. Some of the servers of de. and of its hosters are called by names in it, and some of its own
-- names are hosted on servers with names in de.
local net = zone("net.", {
	parent = root,
	algorithm = "ECDSAP256SHA256",
	nsec3 = { iterations = 0, salt = "", optout = true },
	ttl = { delegation = 172800, ds = 86400, dnskey = 86400, nsec3 = 900, negative = 900 },
	servers = {
		["a.gtld-servers.net."] = { "198.18.2.1", "fd00:5f::2:1" },
		["b.gtld-servers.net."] = { "198.18.2.2", "fd00:5f::2:2" },
	},
	delegations = population {
		count = 1000000,
		signed = signed,
		hosters = 100,
		hosters_in = { ["net."] = 0.85, ["de."] = 0.15 },
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
	soa = {
		mname = "f.nic.de.",
		rname = "dns-operations.denic.de.",
		refresh = 7200,
		retry = 7200,
		expire = 3600000,
	},
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
		hosters = 200,
		hosters_in = { ["de."] = 0.7, ["net."] = 0.3 },
		ttl = { [60] = 0.1, [300] = 0.3, [3600] = 0.4, [86400] = 0.2 },
		latency = "20ms",
	},
})

traffic {
	zone = de,
	outside = { zone = net, share = outside },
	rate = rate,
	names = zipf { exponent = zipf_exponent, count = math.min(names, population_size) },
	clients = clients,
	nxdomain = nxdomain,
	fresh = fresh,
	cd = cd,
	stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
}

-- Signed at 19:19 (the inception of its signatures, 17:49, and the signer's 90 minutes); resolvers saw it at 19:30.
at("19:19", de:sign {
	key = "new",
	mismatched = 2 / 3,
	always_mismatched = { "apex-nsec3" },
	reaches_servers = { from = "19:29", to = "19:30" },
})
only.at("21:45:14", de:sign { key = "old", reaches_servers = { from = "22:08", to = "23:15" } })

only.at("21:28", mark "the registry's first public statement")

mitigation("nta", function()
	only.at("22:17", resolver:nta "de.")
	only.at("04:00", resolver:nta_remove "de.")
end)

-- Shares are of all that clients send, and who gets SERVFAIL asks again: a name counts once in `names`, however often
-- it is asked for.
local function failed_names(run, a, b, class)
	local asked = run:count("names", a, b, { class = class })
	if asked == 0 then
		error("no names of class '" .. class .. "' between " .. a .. " and " .. b)
	end
	return run:count("failed_names", a, b, { class = class }) / asked
end

only.expect("SERVFAIL stays under 1 % before the fault", "19:04", "19:19", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end)

only.expect("the cache is warm before the fault", "19:04", "19:19", function(run, a, b)
	return run:share("cached", a, b) > 0.5
end)

only.expect("SERVFAIL steps up when the fault has reached every server", "19:30", "19:40", function(run, a, b)
	return run:share("servfail", a, b) > run:share("servfail", "19:04", "19:19") + 0.03
end)

only.expect("all unsigned names that nobody asked for before fail when no proof from before is left", "21:31", "22:07",
	function(run, a, b)
		return failed_names(run, a, b, "fresh-unsigned") >= 0.99
	end, { mitigation = "none" })

only.expect("names that do not exist fail", "19:31", "20:15", function(run, a, b)
	return failed_names(run, a, b, "nxdomain") >= 0.99
end, { mitigation = "none" })

-- Each has a lottery of its own. So many names come within four standard deviations of it.
only.expect("about two thirds of signed names that nobody asked for before fail", "19:31", "20:15", function(run, a, b)
	local share, count = failed_names(run, a, b, "fresh-signed"), run:count("names", a, b, { class = "fresh-signed" })
	local most = 4 * math.sqrt(2 / 9 / count)
	return math.abs(share - 2 / 3) <= most, ("%.1f %% of %d, and up to %.1f points from 66.7 %% are chance"):format(
		100 * share, count, 100 * most)
end, { mitigation = "none" })

only.expect("clients that get SERVFAIL ask again", "19:04", "21:45", function(run)
	return run:share("retries", "21:30", "21:45") > run:share("retries", "19:04", "19:19") + 0.03
end, { mitigation = "none" })

-- The longest TTL of a proof is 7200 s. What a resolver keeps longer is its own doing, and none of the four does.
only.expect("it is over two hours after the repair reached every server", "01:16", "01:29", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end)

-- What each resolver of Debian 12 made of it, whenever it was started and however much it is asked: FINDINGS.md.
local function fails(resolver, versions, text, begins, ends, least, most, because)
	only.knows(resolver, versions, text, begins, ends, function(run, a, b)
		local share = run:share("servfail", a, b)
		return share >= least and share <= most, ("%.1f %% of the queries"):format(100 * share)
	end, { because = because, mitigation = "none" })
end

local PROOF = "every proof has the NSEC3 of de. in it, and it asks anew when that has run out"
for _, name in ipairs { "unbound", "bind", "powerdns" } do
	fails(name, "any", "most fails when no proof from before is left", "21:31", "21:45", 0.5, 1, PROOF)
end
fails("knot", "< 6", "its users hardly see it: popular names do not fail", "21:31", "21:45", 0.02, 0.3,
	"seen in 5.6.0 and 5.7.5")

local ASKS_ON = "when an answer is bogus it asks another server"
fails("unbound", "any", "one good server of six is nearly enough", "22:30", "23:00", 0, 0.05, ASKS_ON)
fails("bind", "< 9.19", "one good server of six is enough", "22:30", "23:00", 0, 0.05, ASKS_ON)
fails("knot", "< 6", "one good server of six is nearly enough", "22:30", "23:00", 0, 0.05, ASKS_ON)
fails("powerdns", "< 4.9", "one good server of six is no help", "22:30", "23:00", 0.5, 1,
	"it asks no other when an answer is bogus")

for _, name in ipairs { "unbound", "bind", "knot" } do
	fails(name, "any", "nothing is left half an hour after the last repair", "23:45", "23:59", 0, 0.01,
		"it keeps what it found bogus for a minute at most")
end
fails("powerdns", "< 4.9", "a tail is left half an hour after the last repair", "23:45", "23:59", 0.01, 0.7,
	"it keeps what it found bogus for up to an hour (max-cache-bogus-ttl)")

for _, name in ipairs { "unbound", "bind", "knot" } do
	only.knows(name, "any", "questions with CD set are answered", "19:31", "20:15", function(run, a, b)
		return run:share("servfail", a, b, { class = "cd" }) < 0.01
	end, { because = "RFC 4035, section 3.2.2: who sets it checks by himself" })
end

-- A resolver that still holds the apex NSEC3 from before the fault can prove some of them insecure with it.
for _, name in ipairs { "bind", "knot", "powerdns" } do
	only.knows(name, "any", "unsigned names that nobody asked for before fail at once", "19:31", "20:15", function(run, a, b)
		return failed_names(run, a, b, "fresh-unsigned") >= 0.99
	end, { because = "it asks for a new proof for each", mitigation = "none" })
end
-- What serve-stale bought is for the record to say: resolvers differ in whether they call a bogus answer a failure.
mitigation("serve-stale", function()
	only.expect("an answer is called stale only when it is one", "19:04", "19:19", function(run, a, b)
		return run:count("stale", a, b) == 0
	end)
	local function gives(resolver, versions, text, wanted, because)
		only.knows(resolver, versions, text, "19:31", "21:45", function(run, a, b)
			return (run:count("stale", a, b) > 0) == wanted
		end, { because = because })
	end
	local ANSWERED = "a bogus answer comes before the client timeout, and counts as an answer"
	gives("unbound", "< 1.18", "no stale answer is given", false, ANSWERED)
	gives("unbound", ">= 1.26", "stale answers are given for what is bogus", true, "seen in 1.26.2")
	gives("bind", "any", "no stale answer is given", false, ANSWERED)
	gives("knot", "< 6", "no stale answer is given", false, ANSWERED)
	gives("powerdns", "< 4.9", "no stale answer is given", false, ANSWERED)
	if inside("21:45") then
		report(function(run)
			if run.mitigation ~= "serve-stale" then
				return
			end
			local queries = run:count("queries", "20:50", "21:45")
			local noerror, stale = run:count("noerror", "20:50", "21:45"), run:count("stale", "20:50", "21:45")
			print(string.format("20:50-21:45: NOERROR %.1f %% with stale answers, %.1f %% without them",
				100 * noerror / queries, 100 * (noerror - stale) / queries))
		end)
	end
end)

-- The anchor alone leaves it to the resolver when it takes hold: Unbound goes on with the keys that it has in its cache.
only.expect("the negative trust anchor and a flush end it within a minute of 22:17", "22:18", "22:48", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "nta-flush" })

only.expect("under the negative trust anchor and a flush no new answer below .de has AD", "22:18", "22:48", function(run, a, b)
	return run:count("ad", "19:04", "19:19", { class = "fresh-signed" }) > 0
		and run:count("ad", a, b, { class = "fresh-signed" }) == 0
end, { mitigation = "nta-flush" })

-- What another build of a resolver may be worse by (--baseline). The same build under the same seed is not worse at all.
allow {
	servfail_share = { worse_by = 0.01 },
	failed_names_share = { worse_by = 0.02 },
	peak = { worse_by = 0.05 },
	upstream_ratio = { worse_by_factor = 1.2 },
	wrong = { worse_by = 0 },
}

allow({ right_ede_share = { worse_by = 0.05 } }, { mitigation = "none" })

if inside "23:15" then
	allow { after_repair = { worse_by = "5m" } }
end
