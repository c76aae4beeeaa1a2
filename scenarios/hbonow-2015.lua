-- SPDX-License-Identifier: BSD-2-Clause
-- HBO NOW, 9 March 2015: on the day it was launched, its zone had a DS and no DNSKEY, for hours. Operators that validate set a
-- negative trust anchor for it. The hours are not in our notes; the TTLs neither.

local outage = require "lib.outage"

local begins = param("begins", "14:00") -- not known
local ends = param("ends", "20:00") -- not known
local nta_at = param("nta_at", "16:00") -- not known

outage.story {
	name = "hbonow-2015",
	title = "HBO NOW, 9 March 2015: no DNSKEY under a DS on the day of the launch",
	teaches = "a negative trust anchor for one zone ends it at once, and everything else stays validated",
	sources = { "internetsociety.org, March 2015" },
	from = "2015-03-09T13:30Z",
	to = "2015-03-09T22:30Z",
}

local root = outage.root()
local com = outage.beside("com.", root)
local hbonow = outage.company("hbonow.com.", com, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { delegation = 86400, ds = 86400, dnskey = 3600, nsec = 3600, negative = 3600, address = 300 },
})
outage.users { zone = hbonow, outside = com, fresh = 0.2 }

outage.at(begins, hbonow:fault("no-dnskey", { to = ends }))

outage.well_before("13:40", "14:00")
outage.names_fail("names that nobody asked for before fail, all of them", "14:40", "20:00", "fresh-signed", 0.95, 1,
	{ mitigation = "none" })
outage.cd_is_answered("14:40", "20:00")
outage.nta("hbonow.com.", nta_at, { "16:05", "20:00" })
outage.expect("names outside are validated all the time", "14:40", "20:00", function(run, a, b)
	return run:share("servfail", a, b, { class = "outside" }) < 0.01 and run:count("ad", a, b, { class = "outside" }) > 0
end)
-- PowerDNS keeps a missing or wrong key for an hour, and what came of it for another: two hours until its last failure.
outage.well_after("22:05", "22:29")
