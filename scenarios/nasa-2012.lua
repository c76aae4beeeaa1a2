-- SPDX-License-Identifier: BSD-2-Clause
-- nasa.gov, 18 January 2012: a key was rolled and the DS in .gov was that of another one, for hours. The largest ISP that
-- validated was suspected of blocking NASA, and set a negative trust anchor: the word and RFC 7646 come from that day. The
-- hours are not in our notes.

local outage = require "lib.outage"

local begins = param("begins", "14:00") -- not known
local ends = param("ends", "20:00") -- not known
local nta_at = param("nta_at", "16:30") -- not known

outage.story {
	name = "nasa-2012",
	title = "nasa.gov, 18 January 2012: the DS is not that of the zone's key",
	teaches = "one zone's error is the ISP's in the eyes of users: a negative trust anchor is the operator's answer",
	sources = { "internetsociety.org, January 2012", "RFC 7646" },
	from = "2012-01-18T13:23Z",
	to = "2012-01-18T22:00Z",
}

local root = outage.root()
-- The DS is kept for 15 minutes, so that the resolver meets the wrong one soon: the TTL of the day is not known.
local gov = zone("gov.", {
	parent = root,
	nsec3 = { optout = true },
	version_every = "1h",
	ttl = { delegation = 86400, ds = param("ds_ttl", 900), dnskey = 86400, nsec3 = 900, negative = 900 },
	servers = outage.servers(2, 2),
	delegations = population { count = 5000, signed = 0.8, hosters = 20 },
})
local nasa = outage.company("nasa.gov.", gov, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { delegation = 86400, ds = 3600, dnskey = 600, nsec = 600, negative = 600, address = 600 }, -- not known
})
outage.users { zone = nasa, outside = gov, fresh = 0.2 }

outage.at(begins, nasa:fault("ds-no-matching-dnskey", { to = ends }))

outage.well_before("13:35", "14:00")
outage.names_fail("names that nobody asked for before fail, all of them", "14:30", "20:00", "fresh-signed", 0.95, 1,
	{ mitigation = "none" })
outage.expect("the rest of .gov is fine", "14:30", "20:00", function(run, a, b)
	return run:share("servfail", a, b, { class = "outside" }) < 0.01
end)
outage.cd_is_answered("14:30", "20:00")
outage.nta("nasa.gov.", nta_at, { "16:35", "20:00" })
outage.well_after("20:35", "21:59")
