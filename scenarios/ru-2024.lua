-- SPDX-License-Identifier: BSD-2-Clause
-- .ru, 30 January 2024. A ZSK was rolled; the new one was in the DNSKEY RRset since 26 January, and at 15:20 UTC the zone was
-- signed "with it", in truth with a key of the same tag that nobody could check. (That it was the same tag is secondary: param
-- tag.) At about 18:22 signatures by the old key were back, at 19:07 an observer first saw all of it good.
--
-- Only who validates failed, and the regulator's advice was to switch validation off.

local outage = require "lib.outage"

local tag = param("tag", "same") -- or "other": sources disagree
local off_at = param("off_at", "17:30") -- when an operator followed the advice; not known

outage.story {
	name = "ru-2024",
	title = ".ru, 30 January 2024: signed with a key that is not the published one",
	teaches = "the whole zone fails for those who validate, and for nobody else; the DNSKEY's own signature was good",
	sources = { "cctld.ru, statements of 30 January and 7 February 2024", "FOSDEM 2024, talk 3740" },
	from = "2024-01-30T13:30Z",
	to = "2024-01-30T21:00Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local ru = outage.registry("ru.", root, {
	algorithm = "RSASHA256",
	zsk = {
		old = { bits = 1024, tag = 44301 },
		new = { bits = 1024, tag = 52263, published = "2024-01-26T12:00Z" },
	},
	signs_with = "old",
	-- 21600 is what .ru had in 2019; the TTLs of 2024 were not written down.
	ttl = { delegation = param("delegation_ttl", 21600), ds = 3600, dnskey = 3600, nsec3 = 3600, negative = 3600 },
	server_count = 6,
	names = 5000000,
})
outage.users { zone = ru, outside = net, nxdomain = 0.03 }

if tag == "same" then
	outage.at("15:20", ru:sign { key = "new", mismatched = 1 })
	outage.at("18:22", ru:sign { key = "old", reaches_servers = { from = "18:22", to = "19:07" } })
else
	outage.at("15:20", ru:fault("sig-by-unpublished-key", { tag = "other", to = "19:07" }))
end

mitigation("validation-off", function()
	outage.at(off_at, resolver:validation_off())
end)

outage.well_before("13:40", "15:20")
outage.names_fail("names that nobody asked for before fail, all of them", "16:30", "18:20", "fresh-unsigned", 0.98, 1,
	{ mitigation = "none" })
outage.names_fail("and so do signed ones", "16:30", "18:20", "fresh-signed", 0.98, 1, { mitigation = "none" })
outage.cd_is_answered("15:21", "18:20")
outage.cd_fails_in_powerdns("15:21", "18:20")
outage.expect("who does not validate does not fail", "17:40", "18:20", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "validation-off" })
outage.well_after("20:10", "20:59")
