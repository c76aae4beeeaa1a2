-- SPDX-License-Identifier: BSD-2-Clause
-- .zm, 6 to 8 December 2015: all signatures ran out at 14:14:58 and new ones came 43.65 hours later. The delegation's TTL was
-- 86400.
--
-- How long the signatures had been valid is not in our notes, and matters: Unbound takes them for a tenth of their validity
-- longer, an hour at least and a day at most. With 14 days or more it is a day, and 43.65 hours are 19.65.

local outage = require "lib.outage"

local validity = param("validity", "14d") -- of signatures; not known

outage.story {
	name = "zm-2015",
	title = ".zm, 6 December 2015: the signatures run out, for 43.65 hours",
	teaches = "resolvers disagree by a day on when a signature has expired; mending within it goes unseen by half the users",
	sources = { "ianix.com/pub/dnssec-outages/20151206-zm" },
	from = "2015-12-06T10:00Z",
	to = "2015-12-08T14:00Z",
}

local root = outage.root()
local net = outage.beside("net.", root)
local zm = outage.registry("zm.", root, {
	algorithm = "RSASHA256",
	denial = "nsec",
	validity = validity,
	ttl = { delegation = 86400, ds = 86400, dnskey = 3600, nsec = 3600, negative = 3600 }, -- but 86400: not known
	names = 30000,
})
outage.users { zone = zm, outside = net, nxdomain = 0.03, rate = 0.2, popular = 200, fresh = 0.1 }
outage.without_skew()

outage.at("2015-12-06T14:14:58Z", zm:fault("rrsig-expire-at", { to = "2015-12-08T09:54:07Z" }))

outage.well_before("2015-12-06T10:10Z", "2015-12-06T14:14Z")
local first = { "2015-12-06T16:30Z", "2015-12-07T14:00Z" }
local function failed(resolver, text, least, most, because, mitigation)
	outage.knows(resolver, "any", text, first[1], first[2], function(run, a, b)
		local share = outage.failed(run, a, b, "fresh-unsigned")
		return share >= least and share <= most, ("%.1f %% of new names"):format(100 * share)
	end, { because = because, mitigation = mitigation })
end
failed("unbound", "it does not mind for a day", 0, 0.01, "val-sig-skew-max is 86400, and a tenth of the validity more", "none")
failed("unbound", "without its patience it fails like the others", 0.95, 1, "val-sig-skew-max is 0", "no-skew")
for _, name in ipairs { "bind", "knot", "powerdns" } do
	failed(name, "it fails at once", 0.95, 1, "a signature has ended when it has (RFC 4035, section 5.3.1)", "none")
end
outage.names_fail("after that day all fail", "2015-12-07T16:30Z", "2015-12-08T09:54Z", "fresh-unsigned", 0.95)
outage.cd_is_answered("2015-12-07T16:30Z", "2015-12-08T09:54Z")
outage.well_after("2015-12-08T11:00Z", "2015-12-08T13:59Z")
