-- SPDX-License-Identifier: BSD-2-Clause
-- .mg, 25 July 2017 (and again in 2019): signatures by a key whose tag was in no DNSKEY RRset. The source has the DNSKEY's TTL
-- (3600), the delegation's (172800) and the SOA's minimum (3600); from when to when is not in our notes.

local outage = require "lib.outage"

local begins = param("begins", "2017-07-25T08:00Z") -- not known
local ends = param("ends", "2017-07-25T14:00Z") -- not known

outage.story {
	name = "mg-2017",
	title = ".mg, 25 July 2017: signatures with a tag that no key has",
	teaches = "another tag is another error: a validator sees a key missing where the same tag shows a bad signature",
	sources = { "ianix.com/pub/dnssec-outages/20170725-mg" },
	from = "2017-07-25T06:30Z",
	to = "2017-07-25T16:30Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local mg = outage.registry("mg.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { ns = 172800, delegation = 172800, ds = 3600, dnskey = 3600, nsec = 3600, negative = 3600 },
	names = 10000,
})
outage.users { zone = mg, outside = net, nxdomain = 0.03, popular = 100, fresh = 0.05 }

outage.at(begins, mg:fault("sig-by-unpublished-key", { tag = "other", to = ends }))

outage.well_before("2017-07-25T06:40Z", "2017-07-25T08:00Z")
outage.names_fail("names that nobody asked for before fail, all of them",
	"2017-07-25T10:00Z", "2017-07-25T14:00Z", "fresh-unsigned", 0.95)
-- 6 is DNSSEC Bogus, 9 DNSKEY Missing, 10 RRSIGs Missing (RFC 8914).
local function says(resolver, versions, text, wanted, because)
	outage.knows(resolver, versions, text, "2017-07-25T08:10Z", "2017-07-25T14:00Z", function(run, a, b)
		local codes = run:ede(a, b)
		local dnssec = (codes[6] or 0) + (codes[9] or 0) + (codes[10] or 0)
		return (dnssec > 0) == wanted
	end, { because = because })
end
says("unbound", "any", "its error is one of DNSSEC", true, "it says 9 first, and 6 out of its cache")
says("knot", "any", "its error is one of DNSSEC", true, "it says 6")
says("powerdns", "any", "its error is one of DNSSEC", true, "it says 6 once, and nothing out of its cache")
says("bind", "< 9.19", "it has no error for it", false, "9.18 knows no codes of DNSSEC")
outage.cd_is_answered("2017-07-25T08:10Z", "2017-07-25T14:00Z")
outage.cd_fails_in_powerdns("2017-07-25T08:10Z", "2017-07-25T14:00Z")
-- PowerDNS keeps a missing or wrong key for an hour, and what came of it for another: two hours until its last failure.
outage.well_after("2017-07-25T16:05Z", "2017-07-25T16:29Z")
