-- SPDX-License-Identifier: BSD-2-Clause
-- The .de outage of 5 May 2026, as some read it: not a lottery for every signature (that is de-2026.lua), but servers that
-- always had the bad zone, and others that lagged behind with the good one.
--
-- Which of the six, or which anycast sites, nobody published: four of six stand for "two thirds". The registry's final report
-- speaks for the lottery, and so does a run of this: a resolver that asks another server when an answer is bogus hardly fails,
-- and what large operators saw was a step to SERVFAIL within a minute.

local outage = require "lib.outage"

local lagging = param("lagging", 2) -- servers of the six that kept the good zone

outage.story {
	name = "de-2026-lagging",
	title = ".de, 5 May 2026, the other reading: some servers bad, some lagging",
	teaches = "one good server is enough for a resolver that asks another one when an answer is bogus",
	sources = {
		"heise, 6 and 8 May 2026 (the reading)",
		"DENIC, Final report, 11 June 2026 (TTLs, sizes, times; it says otherwise)",
	},
	from = "2026-05-05T18:00Z",
	to = "2026-05-05T23:59Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local servers = { "a.nic.de.", "f.nic.de.", "z.nic.de.", "l.de.net.", "n.de.net.", "s.de.net." }
local addresses = {}
for i, name in ipairs(servers) do
	addresses[name] = outage.servers(6, 1)[i]
end
local de = outage.registry("de.", root, {
	algorithm = "RSASHA256",
	ksk = { bits = 2048, tag = 26755 },
	zsk = { bits = 1024, tag = 33834 },
	ttl = { dnskey = 3600, delegation = 86400, ds = 86400, nsec3 = 7200, negative = 7200 },
	edns_size = 1452,
	servers = addresses,
	names = 17900000,
	signed_share = 0.04,
})
outage.users { zone = de, outside = net, nxdomain = 0.03 }

-- The repair reached the servers between 22:08 and 23:15.
local repaired = { "22:08", "22:21", "22:35", "22:48", "23:02", "23:15" }
for i = 1, #servers - lagging do
	outage.at("19:30", de:fault("sig-by-unpublished-key", { servers = { servers[i] }, to = repaired[i] }))
end

outage.well_before("18:10", "19:29")
outage.cd_is_answered("19:31", "22:08")
local function failed(resolver, versions, text, least, most, because)
	outage.knows(resolver, versions, text, "19:31", "22:08", function(run, a, b)
		local share = run:share("servfail", a, b)
		return share >= least and share <= most, ("%.1f %%"):format(100 * share)
	end, { because = because, mitigation = "none" })
end
failed("unbound", "any", "it hardly fails", 0, 0.05, "it asks the other servers when an answer is bogus")
failed("bind", "< 9.19", "it hardly fails", 0, 0.05, "it asks the other servers when an answer is bogus")
failed("knot", "< 6", "it hardly fails", 0, 0.05, "it asks other servers when an answer is bogus")
failed("powerdns", "< 4.9", "most fails", 0.3, 1, "it asks no other server when an answer is bogus: see xfinity-2015")
outage.expect("the registry's servers get more than their share", "18:30", "20:30", function(run)
	local before = run:upstream("18:30", "19:30", { zone = "de." })
	local during = run:upstream("19:30", "20:30", { zone = "de." })
	return during > 1.2 * before, ("%.1f times"):format(during / before)
end)
outage.well_after("23:30", "23:59")
