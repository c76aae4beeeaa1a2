-- SPDX-License-Identifier: BSD-2-Clause
-- The root's KSK of 2017 (tag 20326) gives way to that of 2024 (tag 38696), which has been published since 11 January 2025:
-- the new one signs from 11 October 2026, and the old one is revoked in January 2027. The hours, the day of the revocation and
-- when it is taken out are params: here they are as in 2018 and 2019 (root-2018, where what the roll is for resolvers is
-- told).
--
-- By then every release of a resolver since 2025 has both keys (--set updated=yes); here they begin with the old one alone, 44
-- days before, as from an image that nobody has touched. In time for RFC 5011 was who ran for 30 days before the roll.

local root = require "lib.root"

root.story {
	name = "root-2026",
	title = "The root's KSK is rolled, 11 October 2026",
	teaches = "the roll of 2018 again: an image of before 2025 fails after two days, unless it followed the keys for a month",
	from = "2026-08-28T11:47Z",
	to = "2027-03-24T12:00Z",
	sources = { "IANA, root KSK rollover, 2024 to 2027", "RFC 5011", "RFC 8145" },
}

local roll = "2026-10-11T16:00Z"

root.world {
	ksk = {
		old = {
			bits = 2048, tag = 20326, signs = { to = roll },
			revoked = param("revoked", "2027-01-11T16:00Z"), removed = param("removed", "2027-03-22T16:00Z"),
		},
		new = { bits = 2048, tag = 38696, published = "2025-01-11T16:00Z", signs = { from = roll }, anchor = root.updated },
	},
	zsk = { bits = 2048 },
	tags = { 20326, 38696 },
}

root.at(roll, mark "the new key signs")
root.well_before(roll, "2026-10-11T15:00Z")
root.known("2026-10-14T16:00Z", "2026-10-15T11:00Z", "2026-09-10T00:00Z")
