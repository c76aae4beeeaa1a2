/* SPDX-License-Identifier: BSD-2-Clause */
#include "zones/key_tools.h"

#include <string.h>

static _Thread_local struct key_tools tools;

/* What a first try had got before memory ended. */
static void tools_free(struct key_tools *t)
{
	EVP_MD_CTX_free(t->digest);
	EVP_MD_free(t->md5);
	EVP_MD_free(t->sha1);
	EVP_MD_free(t->sha256);
	EVP_MD_free(t->sha384);
	EVP_MD_free(t->sha512);
	memset(t, 0, sizeof(*t));
}

const struct key_tools *key_tools(void)
{
	struct key_tools *t = &tools;

	if (t->bn)
		return t;
	tools_free(t);
	t->digest = EVP_MD_CTX_new();
	t->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	t->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	t->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	t->sha384 = EVP_MD_fetch(NULL, "SHA384", NULL);
	t->sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
	t->bn = BN_CTX_new();
	if (!t->digest || !t->md5 || !t->sha1 || !t->sha256 || !t->sha384 || !t->sha512 || !t->bn)
		return NULL;
	return t;
}
