-- SPDX-License-Identifier: BSD-2-Clause
-- .fj, 7 to 8 March 2022: from 23:55:46 to 14:31:55 UTC the DS in the root named no key of the zone. Its TTL of 86400 is the
-- tail.
--
-- A resolver meets a wrong DS when the one that it has runs out, so over a day all meet it, one after the other. The
-- resolver here is one that meets it at once: its cache is emptied as the fault begins (fresh = false leaves it warm: it
-- holds the good DS for a day, and never fails).

local outage = require "lib.outage"

local fresh = param("fresh", true)

outage.story {
	name = "fj-2022",
	title = ".fj, 7 March 2022: the DS in the root is that of another key",
	teaches = "a wrong DS outlives its repair by its TTL, in caches that fetched it; others never saw it",
	sources = { "ianix.com/pub/dnssec-outages/20220308-fj" },
	from = "2022-03-07T23:30Z",
	to = "2022-03-09T01:30Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local fj = outage.registry("fj.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { delegation = 86400, ds = 3600, dnskey = 3600, nsec = 3600, negative = 3600 }, -- not known
	names = 20000,
})
outage.users { zone = fj, outside = net, nxdomain = 0.03, rate = 0.5, popular = 100, fresh = 0.05 }

outage.at("2022-03-07T23:55:46Z", fj:fault("ds-no-matching-dnskey", { to = "2022-03-08T14:31:55Z" }))
if fresh then
	outage.at("2022-03-07T23:56Z", resolver:flush_all())
end
mitigation("flush-fixed", {
	about = "an operator empties the cache of the zone when the DS is right again",
	operator = function()
		outage.at("2022-03-08T14:35Z", resolver:flush "fj.")
	end,
})

outage.well_before("2022-03-07T23:35Z", "2022-03-07T23:55Z")
local least, most = fresh and 0.95 or 0, fresh and 1 or 0.01
outage.names_fail("fresh caches fail at once", "2022-03-08T00:00Z", "2022-03-08T14:00Z", "fresh-unsigned", least, most)
outage.names_fail("they go on after the repair", "2022-03-08T15:00Z", "2022-03-08T23:30Z", "fresh-unsigned", least, most,
	{ mitigation = "none" })
outage.expect("a flush ends it", "2022-03-08T14:40Z", "2022-03-08T23:30Z", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "flush-fixed" })
outage.cd_is_answered("2022-03-08T00:00Z", "2022-03-08T14:00Z")
outage.well_after("2022-03-09T00:30Z", "2022-03-09T01:29Z") -- a day after the DS was fetched
