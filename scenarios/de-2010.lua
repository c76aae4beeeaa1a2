-- SPDX-License-Identifier: BSD-2-Clause
-- .de, 12 May 2010. Twelve of sixteen sites of the registry's servers loaded a zone that was cut off: of 13,672,644 names
-- 3,837,256 were left, the others did not exist, with authority. It began at 11:30 UTC, the zone was whole again at 13:45
-- and all was normal at 15:00. A negative answer was kept for 7200 s, so that the last wrong NXDOMAIN came at 15:45.
--
-- .de was not signed then, nor was the root; the root is here, as resolvers have its anchor. Each site is a server of its
-- own. Unbound and PowerDNS keep a negative answer for 3600 s at most (cache-max-negative-ttl, max-negative-ttl): their tail
-- ends at 14:45.

local outage = require "lib.outage"

local left = 3837256 / 13672644

outage.story {
	name = "de-2010",
	title = ".de, 12 May 2010: 28 % of the names are left at 12 of 16 sites",
	teaches = "an authoritative NXDOMAIN is no failure to any resolver: nothing asks on, and serve-stale does not help",
	sources = { "dns-operations, 2010-May/005561" },
	from = "2010-05-12T10:00Z",
	to = "2010-05-12T17:00Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local de = outage.registry("de.", root, {
	signed = false,
	ttl = { delegation = 86400, negative = 7200 },
	server_count = 16,
	names = 13672644,
})
outage.users { zone = de, rate = 1, outside = net, nxdomain = 0.02, fresh = 0.15, popular = 3000 }

local cut_off = {}
for i = 1, 12 do
	cut_off[i] = ("%c.nic.de."):format(96 + i)
end
outage.at("11:30", de:fault("zone-truncated", { share = left, servers = cut_off, to = "13:45" }))

-- The share of wrong NXDOMAINs among names that are there.
local function wrong(run, from, to)
	return run:share("nxdomain", from, to, { class = "fresh-unsigned" })
end

outage.expect("no name is missing before", "10:10", "11:30", function(run, a, b)
	return wrong(run, a, b) == 0
end)
-- 12 of 16 sites, 72 % of the names: 54 %. Resolvers do not ask all servers alike.
outage.expect("about half of the names that nobody asked for before do not exist", "11:31", "13:45", function(run, a, b)
	local share = wrong(run, a, b)
	return share > 0.35 and share < 0.73, ("%.1f %%; at a bad site %.1f %% are missing"):format(100 * share, 100 * (1 - left))
end)
outage.expect("whose servers are in the cache stays", "11:31", "13:45", function(run, a, b)
	return run:share("nxdomain", a, b, { class = "unsigned" }) < 0.5 * wrong(run, a, b)
end)
outage.expect("there is nothing stale to give: NXDOMAIN is an answer", "11:31", "13:45", function(run, a, b)
	return run:count("stale", a, b) == 0
end)
outage.expect("names of their own fail no more when the zone is whole", "13:46", "16:59", function(run, a, b)
	return wrong(run, a, b) == 0
end)
outage.expect("but wrong NXDOMAINs are given out of caches", "13:50", "14:40", function(run, a, b)
	return run:count("nxdomain", a, b, { class = "unsigned" }) > 0
end)
outage.expect("up to 7200 s after the repair, and no longer", "15:46", "16:59", function(run, a, b)
	return run:count("nxdomain", a, b, { class = "unsigned" }) == 0
end)
local function kept(resolver, text, still, because)
	outage.knows(resolver, "any", text, "14:46", "15:45", function(run, a, b)
		local count = run:count("nxdomain", a, b, { class = "unsigned" })
		return (count > 0) == still, ("%d wrong NXDOMAINs in the second hour"):format(count)
	end, { because = because })
end
kept("unbound", "it gives none in the second hour", false, "cache-max-negative-ttl is 3600")
kept("powerdns", "it gives none in the second hour", false, "max-negative-ttl is 3600")
kept("bind", "it gives them in the second hour, too", true, "max-ncache-ttl is 10800, more than the zone's 7200")
kept("knot", "it gives them in the second hour, too", true, "its longest TTL is more than the zone's 7200")
