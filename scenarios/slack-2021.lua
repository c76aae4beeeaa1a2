-- SPDX-License-Identifier: BSD-2-Clause
-- slack.com, 30 September 2021. Signing had begun; the NSEC at the wildcard, by which its server denied types that are not
-- there, did not list A, so that a resolver which had it from a question for AAAA could deny A. In undoing it the DS was
-- taken out of .com and the zone unsigned, while caches held the DS for a day (86400 s): then everything failed that
-- validated.
--
-- The order and times of the steps back are from memory, not from the source: params. Its provider made an NSEC for each name
-- that was asked for, so that only names failed which were asked for AAAA first; here there is one for all, at the wildcard, and
-- a resolver that uses it aggressively (RFC 8198) denies A to all names alike.

local outage = require "lib.outage"

local back_at = param("back_at", "16:00") -- the DS is taken out, and the zone unsigned; not known

outage.story {
	name = "slack-2021",
	title = "slack.com, 30 September 2021: a wrong NSEC, then unsigned under a cached DS",
	teaches = "going back is worse than going on: the DS has to run out everywhere before the signatures go",
	sources = { "slack.engineering, What happened during Slack's DNSSEC rollout, November 2021" },
	from = "2021-09-30T12:53Z",
	to = "2021-10-01T18:00Z",
}

local root = outage.root()
local com = outage.beside("com.", root)
local slack = outage.company("slack.com.", com, {
	denial = "nsec",
	ttl = { delegation = 86400, ds = 86400, dnskey = 3600, nsec = 300, negative = 300, address = 60 },
	wildcard = { names = 100000, types = { "A" } },
})
outage.users { zone = slack, outside = com, rate = 0.5, fresh = 0.1 }

outage.at("14:00", slack:fault("nsec-bitmap-wrong", { to = back_at }))
outage.at(back_at, slack:fault("ds-removed-while-cached"))

mitigation("flush-slack", {
	about = "an operator empties the cache of the zone an hour after the step back",
	operator = function()
		outage.at("17:00", resolver:flush "slack.com.")
	end,
})

mitigation("no-aggressive-nsec", {
	about = "no answer is made out of another one's NSEC",
	settings = { unbound = "server:\n    aggressive-nsec: no\n", bind = "    synth-from-dnssec no;\n" },
})

-- Answers without an address are those for AAAA, which the names do not have, and wrong denials of A.
local function no_address(run, a, b)
	local with = run:count("fresh", a, b, { class = "signed" }) + run:count("cached", a, b, { class = "signed" })
		+ run:count("stale", a, b, { class = "signed" })
	return 1 - with / run:count("noerror", a, b, { class = "signed" })
end

outage.well_before("13:10", "14:00")
local function phases(run)
	local before, during = no_address(run, "13:10", "14:00"), no_address(run, "14:10", "16:00")
	return before, during, ("%.1f %% of the answers had no address before, %.1f %% then"):format(100 * before, 100 * during)
end

outage.expect("the first phase is no SERVFAIL", "14:10", "16:00", function(run, a, b)
	return run:share("servfail", a, b) < 0.02
end)
local function denies(resolver, versions, text, wanted, because, mitigation)
	outage.knows(resolver, versions, text, "13:10", "16:00", function(run)
		local before, during, told = phases(run)
		return (during > before + 0.2) == wanted, told
	end, { because = because, mitigation = mitigation })
end
for _, name in ipairs { "unbound", "knot", "powerdns" } do
	denies(name, "any", "the one NSEC makes it deny addresses", true, "it uses NSEC aggressively (RFC 8198)", "none")
end
denies("bind", "< 9.19", "it gives the right answers", false, "seen in 9.18: synth-from-dnssec makes none of it", "none")
denies("unbound", "any", "it gives the right answers", false, "aggressive-nsec is off", "no-aggressive-nsec")
outage.names_fail("in the second everything fails, with the DS in the cache", "17:10", "22:00", "fresh-signed", 0.95, 1,
	{ mitigation = "none" })
outage.expect("a flush is the cure", "17:10", "22:00", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "flush-slack" })
outage.expect("it is over when the DS has run out", "2021-10-01T14:30Z", "2021-10-01T17:59Z", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end)
