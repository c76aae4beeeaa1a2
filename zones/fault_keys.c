/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_keys.c - what can be wrong with a DNSKEY RRset. It is changed when it is signed, so its own
 * signatures fail too. */
#include "zones/fault_rows.h"

#include "sim/base/buf.h"
#include "zones/fault_edit.h"

static bool no_more(uint8_t *rdata, size_t len, int number)
{
	(void)rdata;
	(void)len;
	(void)number;
	return false;
}

static void gone(const struct fault *f, struct rrset *keys)
{
	fault_edit(f, keys, no_more);
}

/* The last bytes of the public key: a number in RSA keys, a coordinate in others. */
static bool other_bytes(uint8_t *rdata, size_t len, int number)
{
	(void)number;
	for (size_t i = len - 8; i < len; i++)
		rdata[i] ^= 0x5a;
	return true;
}

static void bytes(const struct fault *f, struct rrset *keys)
{
	fault_edit(f, keys, other_bytes);
}

static bool other_flags(uint8_t *rdata, size_t len, int flags)
{
	(void)len;
	put16(rdata, (uint16_t)flags);
	return true;
}

static void flags(const struct fault *f, struct rrset *keys)
{
	fault_edit(f, keys, other_flags);
}

static bool other_protocol(uint8_t *rdata, size_t len, int protocol)
{
	(void)len;
	rdata[2] = (uint8_t)protocol;
	return true;
}

static void protocol(const struct fault *f, struct rrset *keys)
{
	fault_edit(f, keys, other_protocol);
}

static bool other_algorithm(uint8_t *rdata, size_t len, int algorithm)
{
	(void)len;
	rdata[3] = (uint8_t)(rdata[3] == algorithm ? 5 : algorithm);
	return true;
}

static void algorithm(const struct fault *f, struct rrset *keys)
{
	fault_edit(f, keys, other_algorithm);
}

#define KEYS_ROW                                                                                   \
	.group = GROUP_KEYS, .is_dnssec = true, .takes = TAKES_SERVERS, .types = { RR_DNSKEY }
#define ANY_KEY KEYS_ROW, .needs = NEEDS_SIGNED
#define THE_ZSK KEYS_ROW, .needs = NEEDS_SIGNED | NEEDS_ZSK

const struct fault_row fault_keys_rows[] = {
	{ THE_ZSK, .name = "no-zsk",
	  .about = "the ZSK is gone from the DNSKEY RRset, after it was signed",
	  .rfc = "RFC 4035 2.1",
	  .published = "The KSK and the old signatures: neither these nor those over data find "
		       "their key.",
	  .edit = gone, .by = 256 },
	{ THE_ZSK, .name = "bad-zsk", .about = "the ZSK's public key has other bytes",
	  .rfc = "RFC 4034 2.1.4",
	  .published = "The DNSKEY RRset is changed after it was signed: its own signatures fail, "
		       "and so do those over data.",
	  .edit = bytes, .by = 256 },
	{ THE_ZSK, .name = "no-ksk",
	  .about = "the KSK is gone from the DNSKEY RRset, after it was signed",
	  .rfc = "RFC 4035 2.1",
	  .published = "The ZSK and the old signatures: the DS finds no key.", .edit = gone,
	  .by = 257 },
	{ ANY_KEY, .name = "bad-ksk", .about = "the KSK's public key has other bytes",
	  .rfc = "RFC 4034 2.1.4",
	  .published = "The DNSKEY RRset is changed after it was signed: the DS's digest is of "
		       "another key.",
	  .edit = bytes, .by = 257 },
	{ ANY_KEY, .name = "no-dnskey", .alias = "dnskey-absent",
	  .about = "there is no DNSKEY RRset, under a DS", .rfc = "RFC 4035 2.1",
	  .published = "The answer to a question for DNSKEY is NODATA, whose proof says that the "
		       "RRset is there; all other data and signatures are as they were.",
	  .seen_in =
		  "HBO NOW, 9 March 2015: for hours, until it was served again. .na, 8 July 2019.",
	  .hides = RR_DNSKEY },
	{ THE_ZSK, .name = "no-dnskey-256", .about = "the ZSK's flags are 0 instead of 256",
	  .rfc = "RFC 4034 2.1.1",
	  .published = "The Zone Key bit is off: the key must not verify anything. Changed after "
		       "signing.",
	  .edit = flags, .by = 256, .number = 0 },
	{ ANY_KEY, .name = "no-dnskey-257", .about = "the KSK's flags are 0 instead of 257",
	  .rfc = "RFC 4034 2.1.1",
	  .published = "The Zone Key bit is off, and the key has another tag than its DS. Changed "
		       "after signing.",
	  .edit = flags, .by = 257, .number = 0 },
	{ ANY_KEY, .name = "no-dnskey-256-257", .about = "the flags of all keys are 0",
	  .rfc = "RFC 4034 2.1.1",
	  .published = "The Zone Key bit is off everywhere. Changed after signing.", .edit = flags,
	  .number = 0 },
	{ ANY_KEY, .name = "ksk-revoked", .about = "the KSK's REVOKE bit is set, under its DS",
	  .rfc = "RFC 5011 2.1",
	  .published = "The flags 385 instead of 257: the key's tag is another than its DS's, and "
		       "nobody may take it for an entry. Changed after signing.",
	  .edit = flags, .by = 257, .number = 385 },
	{ ANY_KEY, .name = "bad-protocol",
	  .about = "the protocol field of all keys is 1 instead of 3", .rfc = "RFC 4034 2.1.2",
	  .published = "Such a key is to be treated as invalid. Changed after signing.",
	  .edit = protocol, .number = 1 },
	{ THE_ZSK, .name = "bad-zsk-algo", .about = "the ZSK names another algorithm than it has",
	  .rfc = "RFC 4034 2.1.3",
	  .published = "The algorithm 7 instead of the key's own (5 where that is 7). Changed "
		       "after signing: the tag changes too.",
	  .edit = algorithm, .by = 256, .number = 7 },
	{ THE_ZSK, .name = "unassigned-zsk-algo",
	  .about = "the ZSK names the algorithm 100, which nobody has assigned",
	  .rfc = "RFC 4035 5.2",
	  .published = "The rest of the key as it was. Changed after signing.", .edit = algorithm,
	  .by = 256, .number = 100 },
	{ THE_ZSK, .name = "reserved-zsk-algo",
	  .about = "the ZSK names the algorithm 200, which is reserved", .rfc = "RFC 6014 2",
	  .published = "The rest of the key as it was. Changed after signing.", .edit = algorithm,
	  .by = 256, .number = 200 },
	{ ANY_KEY, .name = "bad-ksk-algo", .about = "the KSK names another algorithm than it has",
	  .rfc = "RFC 4034 2.1.3",
	  .published = "The algorithm 7 instead of the key's own (5 where that is 7). Changed "
		       "after signing: the tag changes too.",
	  .edit = algorithm, .by = 257, .number = 7 },
	{ ANY_KEY, .name = "unassigned-ksk-algo",
	  .about = "the KSK names the algorithm 100, which nobody has assigned",
	  .rfc = "RFC 4035 5.2",
	  .published = "The rest of the key as it was. Changed after signing.", .edit = algorithm,
	  .by = 257, .number = 100 },
	{ ANY_KEY, .name = "reserved-ksk-algo",
	  .about = "the KSK names the algorithm 200, which is reserved", .rfc = "RFC 6014 2",
	  .published = "The rest of the key as it was. Changed after signing.", .edit = algorithm,
	  .by = 257, .number = 200 },
	{ 0 },
};
