-- SPDX-License-Identifier: BSD-2-Clause
-- .bw, 25 December 2015 to 6 January 2016. All signatures ran out at 07:24:35 UTC; on 3 January at 15:54 a repair made it
-- worse: the zone was signed with keys that the DS did not name. It was over on 6 January at 11:00:44.

local outage = require "lib.outage"

outage.story {
	name = "bw-2015",
	title = ".bw, 25 December 2015: the signatures run out, then a repair with other keys",
	teaches = "two errors one after the other look like one outage, and only the extended errors tell them apart",
	sources = { "ianix.com/pub/dnssec-outages/20151225-bw" },
	from = "2015-12-24T18:00Z",
	to = "2016-01-07T18:00Z",
}

local root = outage.root()
local bw = outage.registry("bw.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	validity = param("validity", "14d"), -- not known; Unbound is patient for a tenth of it, a day at most
	ttl = { delegation = 86400, ds = 3600, dnskey = 3600, nsec = 3600, negative = 3600 }, -- not known
	names = 20000,
})
outage.users { zone = bw, nxdomain = 0.05, rate = 0.03, popular = 60, fresh = 0.2 }
outage.without_skew()

outage.at("2015-12-25T07:24:35Z", bw:fault("rrsig-expire-at", { to = "2016-01-03T15:54Z" }))
outage.at("2016-01-03T15:54Z", bw:fault("ds-no-matching-dnskey", { to = "2016-01-06T11:00:44Z" }))

outage.well_before("2015-12-24T19:00Z", "2015-12-25T07:20Z")
outage.names_fail("a day later all names fail, whatever a resolver's patience", "2015-12-26T12:00Z", "2016-01-03T15:00Z",
	"fresh-unsigned", 0.95)
outage.names_fail("the repair mends nothing", "2016-01-05T00:00Z", "2016-01-06T11:00Z", "fresh-unsigned", 0.95)
-- 7 is Signature Expired (RFC 8914).
outage.expect("nobody calls the second phase expired signatures", "2016-01-05T00:00Z", "2016-01-06T11:00Z", function(run, a, b)
	local count = run:ede(a, b)[7] or 0
	return count == 0, ("EDE 7: %d times"):format(count)
end)
outage.knows("unbound", "any", "the first phase is told as expired signatures", "2015-12-26T12:00Z", "2016-01-03T15:00Z",
	function(run, a, b)
		local count = run:ede(a, b)[7] or 0
		return count > 0, ("EDE 7: %d times"):format(count)
	end, { because = "it says EDE 7 once its patience with signatures is over" })
-- The wrong DS is in caches for a day.
outage.well_after("2016-01-07T12:00Z", "2016-01-07T17:00Z")
