-- SPDX-License-Identifier: BSD-2-Clause
-- xfinity.com, 1 June 2015: some of its servers had an old copy, whose signatures ran out. The operator of the zone,
-- Comcast, was also one of the largest that validates.
--
-- How many servers, and from when to when, is not in our notes.

local outage = require "lib.outage"

local stale = param("stale", 3) -- servers of the five with the old copy; not known
local begins = param("begins", "12:00") -- not known
local ends = param("ends", "18:00") -- not known
local validity = param("validity", "5d") -- not known; Unbound is patient for a tenth of it

outage.story {
	name = "xfinity-2015",
	title = "xfinity.com, 1 June 2015: signatures run out on servers with an old copy",
	teaches = "a stale secondary is no outage for resolvers that try another server, and their load goes there",
	sources = { "dns.xfinity.com, post of June 2015" },
	from = "2015-06-01T09:53Z",
	to = "2015-06-01T20:30Z",
}

local root = outage.root()
local com = outage.beside("com.", root)
local xfinity = outage.company("xfinity.com.", com, {
	algorithm = "RSASHA256",
	denial = "nsec",
	validity = validity,
	ttl = { delegation = 86400, ds = 86400, dnskey = 3600, nsec = 3600, negative = 3600, address = 300 }, -- not known
	server_count = 5,
})
outage.users { zone = xfinity, outside = com, fresh = 0.2 }
outage.without_skew()

for i = 1, stale do
	local server = ("%c.nic.xfinity.com."):format(96 + i)
	outage.at(begins, xfinity:fault("rrsig-expire-at", { servers = { server }, to = ends }))
end

outage.well_before("10:10", "12:00")
local function failed(resolver, versions, text, least, most, because, mitigation)
	outage.knows(resolver, versions, text, "12:10", "18:00", function(run, a, b)
		local share = run:share("servfail", a, b)
		return share >= least and share <= most, ("%.1f %%"):format(100 * share)
	end, { because = because, mitigation = mitigation })
end
failed("unbound", "any", "it does not mind yet", 0, 0.01, "it takes signatures for a tenth of their validity longer", "none")
failed("unbound", "any", "two good servers of five carry it", 0, 0.1, "it asks another server", "no-skew")
for _, name in ipairs { "bind", "knot" } do
	failed(name, "any", "two good servers of five carry it", 0, 0.1, "it asks another server", "none")
end
failed("powerdns", "< 4.9", "two good servers of five do not help it", 0.5, 1,
	"4.8.8 turns to no other server when an answer is bogus, and keeps what came of it for an hour", "none")
outage.well_after("20:10", "20:29")
