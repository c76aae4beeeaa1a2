/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/wire/certificate.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define NAME "resolver.sigfault.test"
#define FIRST "19700101000000Z"
#define LAST "99991231235959Z" /* RFC 5280 section 4.1.2.5: without an end */

static bool add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *made = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool done = made && X509_add_ext(x, made, -1);

	X509_EXTENSION_free(made);
	return done;
}

static bool fill(X509 *x, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(x);

	return X509_set_version(x, X509_VERSION_3) &&
	       ASN1_INTEGER_set(X509_get_serialNumber(x), 1) &&
	       ASN1_TIME_set_string(X509_getm_notBefore(x), FIRST) &&
	       ASN1_TIME_set_string(X509_getm_notAfter(x), LAST) &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)NAME, -1, -1,
					  0) &&
	       X509_set_issuer_name(x, name) && X509_set_pubkey(x, key) &&
	       add_extension(x, NID_subject_alt_name, "DNS:" NAME) &&
	       X509_sign(x, key, EVP_sha256());
}

/* What a memory BIO has, as a text. */
static char *text_of(BIO *b)
{
	char *data, *text;
	long len = BIO_get_mem_data(b, &data);

	text = malloc((size_t)len + 1);
	if (text) {
		memcpy(text, data, (size_t)len);
		text[len] = '\0';
	}
	return text;
}

static void write_out(X509 *x, EVP_PKEY *key, struct certificate *ret)
{
	BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());

	if (c && PEM_write_bio_X509(c, x))
		ret->certificate = text_of(c);
	if (k && PEM_write_bio_PKCS8PrivateKey(k, key, NULL, NULL, 0, NULL, NULL))
		ret->key = text_of(k);
	BIO_free(c);
	BIO_free(k);
}

int certificate_make(struct certificate *ret, struct err *e)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();

	*ret = (struct certificate){ 0 };
	if (x && key && fill(x, key))
		write_out(x, key, ret);
	X509_free(x);
	EVP_PKEY_free(key);
	if (ret->certificate && ret->key)
		return 0;
	certificate_done(ret);
	return err_set(e, -EIO, "OpenSSL cannot make the resolvers' certificate");
}

void certificate_done(struct certificate *c)
{
	free(c->certificate);
	free(c->key);
	*c = (struct certificate){ 0 };
}
