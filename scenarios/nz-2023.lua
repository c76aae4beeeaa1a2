-- SPDX-License-Identifier: BSD-2-Clause
-- .nz, 29 to 31 May 2023. KSKs of second-level zones were rolled: in one step the old key left the zone and the new DS was
-- in .nz. .ac.nz went at 13:00 NZST (01:00 UTC), .co.nz and the others at 22:45 NZST (10:45 UTC). Who had the old DS in the
-- cache failed until it ran out: most were well by 11:45 NZST of 30 May, the last 48 hours after the push, which is the DS's
-- TTL (inferred). Fresh caches never failed. Fewer than 2 % of users were hit on average, about 5 % at the peak; ISPs ended
-- it by flushing.
--
-- One resolver is one cache: its curve is a step up and a step down, and its place depends on when it fetched the DS, which
-- is at the start here. The shares of users are those of many caches, and a run per cache gives them: --set from=…. Unbound
-- keeps nothing longer than a day (cache-max-ttl 86400), so that it is well after one.

local outage = require "lib.outage"

local flush_at = param("flush_at", "2023-05-29T20:00Z") -- when an ISP flushed; not known

outage.story {
	name = "nz-2023",
	title = ".nz, 29 May 2023: second-level KSKs and their DS replaced in one step",
	teaches = "who fails depends on when a cache fetched the DS; a flush is the cure, and waiting takes the DS's TTL",
	sources = { "InternetNZ, incident report, 2023", "potaroo.net/ispcol/2024-04" },
	from = "2023-05-28T23:53Z",
	to = "2023-05-31T12:00Z",
}

local root = outage.root()
local nz = outage.registry("nz.", root, {
	algorithm = "RSASHA256",
	ttl = { delegation = 172800, ds = param("ds_ttl", 172800), dnskey = 3600, nsec3 = 3600, negative = 3600 },
	names = 100000,
})
local function second_level(name, net, names)
	return outage.registry(name, nz, {
		algorithm = "RSASHA256",
		ttl = { delegation = 86400, ds = 3600, dnskey = param("dnskey_ttl", 3600), nsec3 = 3600, negative = 3600 }, -- not known
		net = net,
		names = names,
	})
end
local co = second_level("co.nz.", 3, 500000)
local ac = second_level("ac.nz.", 4, 5000)
outage.users { zone = co, outside = ac, nxdomain = 0.03, rate = 0.25, popular = 150 }

outage.at("2023-05-29T01:00Z", ac:fault("ksk-dropped-before-parent-ds-expiry"))
outage.at("2023-05-29T10:45Z", co:fault("ksk-dropped-before-parent-ds-expiry"))

mitigation("isp-flush", {
	about = "an operator empties the cache of nz. on the evening of the push",
	operator = function()
		outage.at(flush_at, resolver:flush "nz.")
	end,
})

outage.well_before("2023-05-29T00:10Z", "2023-05-29T01:00Z")
outage.names_fail("with the old DS in the cache new names fail", "2023-05-29T12:00Z", "2023-05-29T20:00Z", "fresh-unsigned", 0.95)
outage.expect("a flushed cache is well at once", "2023-05-29T20:10Z", "2023-05-31T11:59Z", function(run, a, b)
	return run:share("servfail", a, b) < 0.01
end, { mitigation = "isp-flush" })
local function after_a_day(resolver, text, least, most, because)
	outage.knows(resolver, "any", text, "2023-05-30T13:00Z", "2023-05-30T23:30Z", function(run, a, b)
		local share = outage.failed(run, a, b, "fresh-unsigned")
		return share >= least and share <= most, ("%.1f %% of new names"):format(100 * share)
	end, { because = because, mitigation = "none" })
end
after_a_day("unbound", "it is well after a day", 0, 0.01, "cache-max-ttl is 86400")
after_a_day("powerdns", "it is well after a day", 0, 0.01, "max-cache-ttl is 86400")
after_a_day("knot", "it is well after a day", 0, 0.01, "it keeps nothing for longer than a day")
after_a_day("bind", "it holds the old DS for both of its days", 0.95, 1, "max-cache-ttl is a week")
outage.well_after("2023-05-31T10:46Z", "2023-05-31T11:59Z")
