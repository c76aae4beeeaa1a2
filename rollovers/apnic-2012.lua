-- SPDX-License-Identifier: BSD-2-Clause
-- APNIC's reverse zones, December 2012: signing went over to a standby signer that had other ZSKs. The zone was valid
-- by itself; who still had the DNSKEY RRset of the first signer could not check the signatures of the second
-- (apnic.net, 7 December). There were failures for up to 24 h, so the DNSKEY RRset could be cached for a day.
--
-- Known: the switch on 7 December 19:00 at UTC+10; 04:00 signed anew, 04:30 published. How the repair went is not, so
-- it is not in the plan.

local switch = "2012-12-07T09:00Z"
local dnskey_ttl = param("dnskey_ttl", 86400) -- inferred from the failures
local ds_ttl = param("ds_ttl", 86400) -- not published
local zone_ttl = param("zone_ttl", 86400) -- not published
local delay = param("delay", "0s") -- until the last server has a change: not published

rollover {
	name = "apnic-2012",
	title = "APNIC, December 2012: a standby signer takes over with other ZSKs",
	zone = "202.in-addr.arpa.",
	from = "2012-12-07T00:00Z",
	ttl = { dnskey = dnskey_ttl, ds = ds_ttl, zone = zone_ttl, negative = 3600 },
	propagation = { zone = delay, parent = delay },
}

key("ksk", { role = "ksk", algorithm = "RSASHA256" })
key("zsk-first", { role = "zsk", algorithm = "RSASHA256", remove = switch })
key("zsk-standby", { role = "zsk", algorithm = "RSASHA256", publish = switch })
