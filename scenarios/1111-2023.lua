-- 1.1.1.1, 4 October 2023. The resolver served the root from a copy of its own, which had not been renewed since 21
-- September. At 07:00 UTC the copy's signatures ran out. SERVFAIL rose from 3 % (as always there) to 15 %, and was gone at
-- 10:32.
--
-- The copy is the resolver's; what it sees is a root whose signatures end at 07:00, and so it is told here. The names asked
-- for are those of top-level domains, as it is their delegations that run out. The resolver starts a day and a half before,
-- so that they run out at all hours: who holds a TLD's DS goes on, and about an hour of 24 is lost in each hour. Unbound
-- takes the signatures for a day longer, and sees nothing of it: -m no-skew.

local outage = require "lib.outage"

outage.story {
	name = "1111-2023",
	title = "1.1.1.1, 4 October 2023: a frozen copy of the root, until its signatures end",
	teaches = "a copy that is not renewed works until its signatures end, and then fails a little more every hour",
	sources = { "blog.cloudflare.com/1-1-1-1-lookup-failures-on-october-4th-2023" },
	from = "2023-10-02T18:00Z",
	to = "2023-10-04T14:00Z",
}

local root = outage.root {
	validity = "13d",
	delegations = population {
		count = 1500,
		signed = 0.93,
		hosters = 50,
		ttl = { [300] = 1 },
	},
}
outage.users { zone = root, nxdomain = 0.01, rate = 0.5, popular = 1500, fresh = 0 , cd = 0 }
outage.without_skew()

outage.at("2023-10-04T07:00Z", root:fault("rrsig-expire-at", { to = "2023-10-04T10:32Z" }))

local function fails(run)
	return run.resolver ~= "unbound" or run.mitigation == "no-skew"
end

outage.well_before("2023-10-04T05:00Z", "2023-10-04T07:00Z")
outage.expect("it grows while it lasts", "2023-10-04T07:00Z", "2023-10-04T10:32Z", function(run)
	local first = run:share("servfail", "2023-10-04T07:00Z", "2023-10-04T08:00Z")
	local last = run:share("servfail", "2023-10-04T09:30Z", "2023-10-04T10:30Z")
	return not fails(run) or last > first, ("%.1f %%, then %.1f %%"):format(100 * first, 100 * last)
end)
outage.expect("at its peak a few of a hundred fail, not all", "2023-10-04T09:30Z", "2023-10-04T10:30Z", function(run, a, b)
	local share = run:share("servfail", a, b)
	return not fails(run) or (share > 0.01 and share < 0.4), ("%.1f %%"):format(100 * share)
end)
outage.well_after("2023-10-04T11:30Z", "2023-10-04T13:59Z")
