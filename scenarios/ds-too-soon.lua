-- SPDX-License-Identifier: BSD-2-Clause
-- A KSK is rolled, and somebody enters its DS by hand as soon as it is published, in the place of the one before. Caches have the
-- DNSKEY RRset without the new key for as long as its TTL.
local signed = require "lib.signed"

scenario {
	name = "ds-too-soon",
	title = "The DS of a new KSK replaces the old one before caches know the key",
	teaches = "a DS may come when no cache has a DNSKEY RRset without its key any more, and not when the key is published",
	from = "2026-03-01T00:00Z",
	to = param("to", "+12d"),
}

local registry = signed.registry()

at("2026-03-05T09:00Z", registry:roll "ksk")
at("2026-03-05T09:30Z", registry:parent_ds "newest")

signed.first(registry, "caches that know the old keys are bogus from then on", "DS in", "2026-03-05T09:30", "2026-03-05T09:35")
signed.over(registry, "it is over when the old DNSKEY RRset has run out", "2026-03-06T12")
