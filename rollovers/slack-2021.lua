-- SPDX-License-Identifier: BSD-2-Clause
-- slack.com, 30 September 2021: to undo a first fault the DS was taken out of com. and the zone went unsigned, while
-- resolvers still had the DS for up to a day (slack.engineering). Everything below it failed where that was so; a
-- flush mended it.
--
-- Known: the DS TTL of 86400 at com., and about 24 h of trouble. The order of the two steps and their hours are from
-- memory of the account: parameters.

local ds_out = param("ds_out", "2021-09-30T16:00Z")
local unsigned = param("unsigned", "2021-09-30T16:30Z")
local dnskey_ttl = param("dnskey_ttl", 3600) -- not published
local zone_ttl = param("zone_ttl", 3600) -- not published
local delay = param("delay", "0s") -- until the last server has a change: not published

rollover {
	name = "slack-2021",
	title = "slack.com., September 2021: unsigned while the DS is still cached",
	zone = "slack.com.",
	from = "2021-09-30T00:00Z",
	ttl = { dnskey = dnskey_ttl, ds = 86400, zone = zone_ttl, negative = 900 },
	propagation = { zone = delay, parent = delay },
}

key("ksk", { role = "ksk", ds_out = ds_out, remove = unsigned })
key("zsk", { role = "zsk", remove = unsigned })
