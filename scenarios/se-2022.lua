-- SPDX-License-Identifier: BSD-2-Clause
-- .se, 4 February 2022. With each version of the zone, one an hour, more of its signatures over DS and NSEC were wrong: 1,221,
-- then 2,848, then 4,455, in the end about 6,400, of 8.7 million records. The bad serials were …10 to …15, from about 09:20 to
-- 14:20; publishing stopped at 14:45, and the good zone came at 21:30.
--
-- For which versions the four figures hold was not said: the first three are given to the first three, the last to the rest.

local outage = require "lib.outage"

local magnify = param("magnify", 20) -- times as many bad signatures, so that a few users meet them; 1 is what was published
local records = param("records", 8700000)

outage.story {
	name = "se-2022",
	title = ".se, 4 February 2022: a growing few of the signatures over DS and NSEC are wrong",
	teaches = "a fault of one name in a thousand stays unseen on a dashboard, and total for those names",
	sources = { "dns-operations, 2022-February/021558" },
	from = "2022-02-04T08:00Z",
	to = "2022-02-04T22:30Z",
}

local root = outage.root()
local se = outage.registry("se.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { delegation = 86400, ds = 3600, dnskey = 3600, nsec = 7200, negative = 7200 }, -- TTLs: not in the source
	server_count = 6,
	names = 1500000,
	signed_share = 0.5,
})
outage.users { zone = se, rate = 1, fresh = 0.6, nxdomain = 0.05 }

local versions = {
	{ "09:20", "10:20", 1221 },
	{ "10:20", "11:20", 2848 },
	{ "11:20", "12:20", 4455 },
	{ "12:20", "21:30", 6400 },
}
for _, version in ipairs(versions) do
	local share = magnify * version[3] / records
	outage.at(version[1], se:fault("rrsig-wrong-subset", { types = { "DS", "NSEC" }, share = share, to = version[2] }))
end

local function failing(from, to, count)
	outage.expect(("about %d of %d records are bad"):format(count, records), from, to, function(run, a, b)
		local share, names = outage.failed(run, a, b, "fresh-signed"), run:count("names", a, b, { class = "fresh-signed" })
		local wanted = magnify * count / records
		local chance = 4 * math.sqrt(wanted / names) -- four standard deviations, of so few
		return share >= wanted / 2 - chance and share <= 2 * wanted + chance,
			("%.2f %% against %.2f %%, of %d"):format(100 * share, 100 * wanted, names)
	end)
end

outage.well_before("08:10", "09:20")
failing("10:20", "11:20", 2848)
failing("11:20", "12:20", 4455)
failing("12:20", "21:30", 6400)
-- Of names, since one popular name that is among the bad ones has more of the queries than all the others.
outage.expect("nobody would see it on a dashboard", "12:20", "21:30", function(run, a, b)
	local share = outage.failed(run, a, b)
	return share < 0.04 * math.max(1, magnify / 20), ("%.2f %% of the names"):format(100 * share)
end)
outage.well_after("21:45", "22:29")
