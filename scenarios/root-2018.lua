-- SPDX-License-Identifier: BSD-2-Clause
-- The root's KSK of 2010 (tag 19036) gave way to that of 2017 (tag 20326): signed by the new one from 11 October 2018, 16:00
-- UTC, revoked 11 January 2019, taken out 22 March 2019. Who had only the old one went on for as long as the root's DNSKEY
-- RRset was in his cache, 48 hours at most, and then failed for every signed name and most others.
--
-- Resolvers here begin with the old key alone, 44 days before the roll, as from an image that nobody has touched for years:
-- one that follows RFC 5011 (-m managed-anchor) has the 30 days that it needs to trust the new one; with `from` 29 days
-- before, or less, it has not. As it comes (-m none) its trust anchor is what somebody wrote down once. What each says that
-- it trusts (RFC 8145) is in events.csv, kind "anchors".
--
-- One resolver is one cache: a step, within two days. The published decay is that of many: --fleet 24.

local root = require "lib.root"

root.story {
	name = "root-2018",
	title = "The root's KSK is rolled, 11 October 2018",
	teaches = "a trust anchor that nobody looks after ends two days after the roll; one that does it itself needs a month before",
	from = "2018-08-28T11:47Z",
	to = "2019-03-24T12:00Z",
	sources = { "IANA, root KSK rollover, 2018 and 2019", "RFC 5011", "RFC 8145" },
}

local roll, revoked, removed = "2018-10-11T16:00Z", "2019-01-11T16:00Z", "2019-03-22T16:00Z"

root.world {
	ksk = {
		old = { bits = 2048, tag = 19036, signs = { to = roll }, revoked = revoked, removed = removed },
		new = { bits = 2048, tag = 20326, published = "2017-07-11T16:00Z", signs = { from = roll }, anchor = root.updated },
	},
	zsk = { bits = 2048 },
	tags = { 19036, 20326 },
}

root.at(roll, mark "the new key signs")
root.well_before(roll, "2018-10-11T15:00Z")
root.known("2018-10-14T16:00Z", "2018-10-15T11:00Z", "2018-09-10T00:00Z")
