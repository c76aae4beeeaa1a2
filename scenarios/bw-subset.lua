-- SPDX-License-Identifier: BSD-2-Clause
-- .bw, for weeks: of its servers one was dark, one had an old copy without signatures, two were good. What came of a question
-- depended on the server that was asked. Which weeks is not in our notes.

local outage = require "lib.outage"

outage.story {
	name = "bw-subset",
	title = ".bw: of four servers one dark, one with an unsigned copy, for weeks",
	teaches = "two bad servers of four are hardly seen by resolvers, and cost them time and the good servers their load",
	sources = { "kalfeher.com/tld-dns-failure-modes" },
	from = param("begins", "2020-03-01T00:00Z"), -- not known
	to = "+20167m", -- two weeks, and the seven minutes by which the fault is out of step
}

local root = outage.root()
local bw = outage.registry("bw.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	ttl = { delegation = 86400, ds = 3600, dnskey = 3600, nsec = 3600, negative = 3600 }, -- not known
	names = 20000,
})
collect { bin = "2m" } -- as long a run has by itself
outage.users { zone = bw, nxdomain = 0.05, rate = 0.04, popular = 100, fresh = 0.2 }

-- A day and seven minutes: its delegation, of a day, runs out before.
outage.at("+1447m", bw:fault("authority-dark", { servers = { "a.nic.bw." } }))
outage.at("+1447m", bw:fault("unsigned-copy", { servers = { "b.nic.bw." } }))

outage.well_before("+1h", "+24h")
local function failed(resolver, versions, text, least, most, because)
	outage.knows(resolver, versions, text, "+25h", "+335h", function(run, a, b)
		local share = run:share("servfail", a, b) + run:share("timeout", a, b)
		return share >= least and share < most, ("%.2f %% of the questions"):format(100 * share)
	end, { because = because })
end
for _, name in ipairs { "unbound", "bind", "knot" } do
	failed(name, "any", "some fail, few", 0, 0.15, "it asks another server when one is dark or its answer bogus")
end
failed("powerdns", "< 4.9", "many fail", 0.15, 1, "it asks no other server when an answer is bogus: see xfinity-2015")
outage.expect("the servers get more queries for the same questions", "+1h", "+335h", function(run)
	local before = run:upstream("+1h", "+24h", { zone = "bw." }) / 23
	local after = run:upstream("+49h", "+335h", { zone = "bw." }) / 286
	return after > before, ("%.2f times"):format(after / before)
end)
