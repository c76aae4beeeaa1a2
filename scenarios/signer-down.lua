-- SPDX-License-Identifier: BSD-2-Clause
-- A signer is down for longer than the week by which it makes signatures anew before their end. Servers go on with the last
-- version; who finds that out is whoever validates, on the day on which the first signature ends.
local signed = require "lib.signed"
local down = param("down", "8d")

scenario {
	name = "signer-down",
	title = "A signer is down for longer than its signatures last",
	teaches = "a zone outlives its signer by the refresh of its signatures, and no longer: who must mend it has so much time",
	from = "2026-03-01T00:00Z",
	to = param("to", "+21d"),
}

local registry = signed.registry()

-- Half a day before signatures of the first day are due.
at("2026-03-07T12:00Z", registry:restart { down = down })

signed.first(registry, "a signature ends while nobody renews it", "renew", "2026-03-14", "2026-03-15T12")
signed.over(registry, "it is over within two hours of the signer's return", "2026-03-15T14")
