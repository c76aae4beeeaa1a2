/* SPDX-License-Identifier: BSD-2-Clause */
/* key_tools.h - what OpenSSL is slow to look up, looked up once in each thread and kept until it ends. */
#pragma once

#include <openssl/bn.h>
#include <openssl/evp.h>

struct key_tools {
	EVP_MD_CTX *digest;
	EVP_MD *md5, *sha1, *sha256, *sha384, *sha512;
	BN_CTX *bn;
};

/* Lent, the thread's own. NULL: no memory, or an OpenSSL without its default provider. */
const struct key_tools *key_tools(void);
