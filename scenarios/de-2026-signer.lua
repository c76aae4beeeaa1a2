-- SPDX-License-Identifier: BSD-2-Clause
-- .de, 5 May 2026, from where it came: the registry's signer makes a new ZSK on 2 May, and each of three HSMs makes a pair of
-- its own. One of the three public keys is published, under the one tag; when the key begins to sign, each signature is made by
-- whichever HSM is asked, and two of three verify by no key.
--
-- A real signer rolls its key here, in an HSM that is told to have three pairs under one name; nobody tells the judge. The
-- registry went back to its old ZSK; here the HSM with the published pair signs alone, and all is signed anew at that instant.
local signed = require "lib.signed"
local pairs_made = param("pairs", 3)

scenario {
	name = "de-2026-signer",
	title = "A registry's HSM signs with three key pairs under one tag",
	teaches = "signatures are to be verified by the key that is published before they are: tags and dates were right in all of them",
	from = "2026-05-01T00:00Z",
	to = param("to", "2026-05-07T00:00Z"),
}

-- A new key is published for as long before it signs: on the 2nd, and signs on the 5th.
local algorithm = param("algorithm", "RSASHA256")
local registry = signed.registry({ algorithm = algorithm, dnskey_ttl = 3600, propagation = "78h" }, { hsm = true })

at("2026-05-02T12:00Z", registry:hsm_pairs(pairs_made))
at("2026-05-02T12:00Z", registry:roll "zsk")
at("2026-05-05T21:45Z", registry:hsm_pairs(1))
at("2026-05-05T21:45Z", registry:resign())

signed.first(registry, "no key has made signatures from the instant on at which the new key signs", "sign",
	"2026-05-05T19:00", "2026-05-05T19:30")
signed.share(registry, "as many as by chance", "sign", 1 - 1 / pairs_made)
signed.over(registry, "it is over when all is signed anew", "2026-05-05T21:46")
