-- SPDX-License-Identifier: BSD-2-Clause
-- .se, 4 February 2022, from where it came: a registry's HSM returns a small and growing share of bad signatures, in each hour's
-- version more of them, until publishing is stopped at 14:45; the good zone comes at 21:30.
--
-- A real signer signs all of its zone anew each hour here, by an HSM that is told to fail so often; nobody tells the judge.
-- Shares are those of 8.7 million records, magnified, so that a small zone has some of them.
local signed = require "lib.signed"
local magnify = param("magnify", 100)
local records = 8700000

scenario {
	name = "se-2022-signer",
	title = "A registry's HSM returns a share of bad signatures",
	teaches = "one bad signature among hundreds of good ones is found by who verifies all of them, before they are published",
	from = "2022-02-03T00:00Z",
	to = param("to", "2022-02-05T00:00Z"),
}

local registry = signed.registry({ algorithm = param("algorithm", "RSASHA256") }, { hsm = true, population = 600 })

local versions = {
	{ "09:20", 1221 },
	{ "10:20", 2848 },
	{ "11:20", 4455 },
	{ "12:20", 6400 },
	{ "13:20", 6400 },
	{ "14:20", 6400 },
}
for _, version in ipairs(versions) do
	at("2022-02-04T" .. version[1] .. "Z", registry:hsm_bad { share = magnify * version[2] / records })
	at("2022-02-04T" .. version[1] .. "Z", registry:resign())
end
at("2022-02-04T21:30Z", registry:hsm_bad { share = 0 })
at("2022-02-04T21:30Z", registry:resign())

signed.first(registry, "signatures verify by no key from the first bad version on", "sign",
	"2022-02-04T09:20", "2022-02-04T09:25")
signed.share(registry, "in the end as many as the HSM was told", "sign", magnify * 6400 / records)
signed.over(registry, "it is over when the good zone comes", "2022-02-04T21:31")
