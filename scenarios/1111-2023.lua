-- SPDX-License-Identifier: BSD-2-Clause
-- 1.1.1.1, 4 October 2023. The resolver served the root from a copy of its own, which had not been renewed since 21
-- September. At 07:00 UTC the copy's signatures ran out. SERVFAIL rose from 3 % (as always there) to 15 %, and was gone at
-- 10:32.
--
-- The copy is the resolver's; what it sees is a root whose signatures end at 07:00, and so it is told here. The names
-- asked for are those of top-level domains, as it is their delegations that end. A cache may hold a record no longer than
-- its signature (RFC 4035 section 5.3.3), so that most resolvers lose all of the root at 07:00. That 15 % failed and not
-- all points to many machines of which some had another root to turn to: that is our reading. Unbound takes signatures for
-- a tenth of their validity longer, and sees nothing of it: -m no-skew.

local outage = require "lib.outage"

outage.story {
	name = "1111-2023",
	title = "1.1.1.1, 4 October 2023: a frozen copy of the root, until its signatures end",
	teaches = "a copy that is not renewed works to the second in which its signatures end; caches do not soften it",
	sources = { "blog.cloudflare.com/1-1-1-1-lookup-failures-on-october-4th-2023" },
	from = "2023-10-04T01:30Z",
	to = "2023-10-04T13:00Z",
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
outage.users { zone = root, nxdomain = 0.01, rate = 0.5, popular = 1500, fresh = 0, cd = 0 }
outage.without_skew()

outage.at("2023-10-04T07:00Z", root:fault("rrsig-expire-at", { to = "2023-10-04T10:32Z" }))

outage.well_before("2023-10-04T02:00Z", "2023-10-04T07:00Z")
local function failed(resolver, versions, text, least, most, about)
	outage.knows(resolver, versions, text, "2023-10-04T07:05Z", "2023-10-04T10:30Z", function(run, a, b)
		local share = run:share("servfail", a, b)
		return share >= least and share <= most,
			("%.1f %% over three and a half hours; over all machines it was 15 %% at the peak"):format(100 * share)
	end, about)
end
failed("unbound", "any", "it sees nothing of it", 0, 0.01,
	{ because = "it takes signatures for a tenth of their validity longer (val-sig-skew-max)", mitigation = "none" })
failed("unbound", "any", "nearly all fails at once", 0.9, 1,
	{ because = "without its patience no cache outlives the signatures", mitigation = "no-skew" })
failed("bind", "< 9.19", "a quarter of the questions fails: it goes on with much of what it holds", 0.05, 0.5,
	{ because = "seen in 9.18", mitigation = "none" })
for _, name in ipairs { "knot", "powerdns" } do
	failed(name, "any", "nearly all fails at once", 0.9, 1,
		{ because = "it holds a record no longer than its signature (RFC 4035, section 5.3.3)", mitigation = "none" })
end
outage.well_after("2023-10-04T12:40Z", "2023-10-04T12:59Z")
