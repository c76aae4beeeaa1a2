-- SPDX-License-Identifier: BSD-2-Clause
-- Facebook, 4 October 2021: all its name servers went dark for about six hours. The servers of .com and .net, which answered
-- throughout, saw 900,000 queries a second for three of its names instead of 7,000: a factor of about 130.
--
-- To the minute the times are not in our notes. The TTLs of its addresses and of the delegation decide how soon users notice.

local outage = require "lib.outage"

local begins = param("begins", "15:40") -- not known to the minute
local ends = param("ends", "21:40") -- about six hours later

outage.story {
	name = "facebook-2021",
	title = "Facebook, 4 October 2021: all name servers dark for six hours",
	teaches = "a dead zone costs its parent and its users' retries more than itself; what a resolver caches of it decides",
	sources = { "Verisign, in circleid, 20 January 2022" },
	from = "2021-10-04T14:40Z",
	to = "2021-10-04T22:30Z",
}

local root = outage.root()
local com = outage.beside("com.", root)
local facebook = outage.company("facebook.com.", com, {
	signed = false,
	ttl = { delegation = 172800, ns = 172800, negative = 300, address = param("address_ttl", 60) }, -- not known
	wildcard = { names = 1000 },
	servers = {
		["a.ns.facebook.com."] = { "198.18.3.1", "fd00:5f::3:1" },
		["b.ns.facebook.com."] = { "198.18.3.2", "fd00:5f::3:2" },
		["c.ns.facebook.com."] = { "198.18.3.3", "fd00:5f::3:3" },
		["d.ns.facebook.com."] = { "198.18.3.4", "fd00:5f::3:4" },
	},
})
outage.users { zone = facebook, outside = com, popular = 30, fresh = 0, cd = 0 }

outage.at(begins, facebook:fault("authority-dark", { to = ends }))

outage.well_before("14:50", "15:40")
outage.expect("nobody gets an answer when the addresses have run out", "15:50", "21:40", function(run, a, b)
	return run:share("noerror", a, b, { class = "unsigned" }) < 0.02
end, { mitigation = "none" })
-- The factor was 130 over all resolvers of the world. One that has the delegation in its cache (it is there for two days) and
-- keeps to it does not ask the parent more: Unbound 1.17.1, BIND 9.18, Knot Resolver 5.6 and PowerDNS 4.8 do not.
local function load(run, zone)
	local before = run:upstream("14:40", "15:40", { zone = zone })
	local during = run:upstream("16:40", "17:40", { zone = zone })
	return during / math.max(1, before)
end
outage.expect("who has the delegation in its cache does not ask the parent for it again", "14:40", "17:40", function(run)
	local factor = load(run, "com.")
	return factor < 2, ("%.1f times the queries to com.; all resolvers together were 130 times"):format(factor)
end, { mitigation = "none" })
outage.expect("names outside are answered", "15:50", "21:40", function(run, a, b)
	return run:share("noerror", a, b, { class = "outside" }) > 0.95
end)
outage.well_after("22:00", "22:29")
