-- SPDX-License-Identifier: BSD-2-Clause
-- .au, 22 March 2022: some signatures were wrong from 04:40:22 to 06:48:41, for about 15,000 domains.
--
-- Which RRsets it were was not published. DS and NSEC3 records are what a domain depends on in its registry's zone.

local outage = require "lib.outage"

local domains = param("domains", 15000)
local count = param("count", 3500000) -- names below .au: not in the source
local magnify = param("magnify", 20) -- times as many, so that a few users meet them

outage.story {
	name = "au-2022",
	title = ".au, 22 March 2022: 15,000 domains fail for two hours",
	teaches = "in an opt-out zone a bad NSEC3 takes its unsigned neighbours along, so more fail than were signed badly",
	sources = { "ianix.com/pub/dnssec-outages/20220322-au" },
	from = "2022-03-22T03:00Z",
	to = "2022-03-22T09:00Z",
}

local root = outage.root()
local au = outage.registry("au.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = 86400, ds = 900, dnskey = 3600, nsec3 = 900, negative = 900 }, -- TTLs: not in the source
	names = count,
	signed_share = 0.1,
})
outage.users { zone = au, rate = 1, fresh = 0.4, nxdomain = 0.05 }

outage.at("04:40:22", au:fault("rrsig-wrong-subset", {
	types = { "DS", "NSEC3" },
	share = magnify * domains / count,
	to = "06:48:41",
}))

outage.well_before("03:10", "04:40")
local bad = magnify * domains / count
outage.names_fail("of signed names about the share whose DS is bad", "04:50", "06:48", "fresh-signed", 0.3 * bad, 3 * bad)
-- The proof that one has no DS is two NSEC3 records: its closest encloser's, which is everybody's, and the one that covers it.
-- That night the former was good; with one seed in some it is among the bad ones.
outage.names_fail("and of unsigned names about as many: those that a bad NSEC3 covers", "04:50", "06:48", "fresh-unsigned",
	0.5 * bad, 3 * bad, nil, true)
outage.well_after("07:10", "08:59")
