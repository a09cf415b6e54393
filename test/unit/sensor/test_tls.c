/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sensor/ja4.h"
#include "sensor/tls.h"

static const struct ends ends = {1, 2, 40000, 443};
static struct ends back;
static struct probe probe;

static int set_up(void **state)
{
	(void)state;
	back = turned(&ends);
	probe_init(&probe, NULL);
	probe_connect(&probe, &ends);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	probe_done(&probe);
	return 0;
}

/* The example of the specification, a browser's hello. */
static const uint16_t ciphers[] = {0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
				   0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
static const uint16_t extensions[] = {0x4a4a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d,
				      0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015};
static const uint16_t signatures[] = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
#define EXAMPLE "t13d1516h2_8daaf6152771_e5627efa2ab1"
#define COUNT(array) (sizeof(array) / sizeof(array[0]))

static void test_ja4(void **state)
{
	struct ja4_hello hello = {.transport = 't', .has_name = true, .version = 0x0304, .alpn = STR("h2")};
	char out[JA4_SIZE];

	(void)state;
	memcpy(hello.ciphers, ciphers, sizeof(ciphers));
	memcpy(hello.extensions, extensions, sizeof(extensions));
	memcpy(hello.signatures, signatures, sizeof(signatures));
	hello.cipher_count = COUNT(ciphers);
	hello.extension_count = COUNT(extensions);
	hello.signature_count = COUNT(signatures);
	ja4_format(&hello, out);
	assert_string_equal(out, EXAMPLE);
	hello = (struct ja4_hello){.transport = 't', .version = 0x0303, .alpn = STR("\xab")};
	ja4_format(&hello, out);
	assert_string_equal(out, "t12i0000ab_000000000000_000000000000");
	hello.version = 0x7777;
	hello.alpn = STR("");
	ja4_format(&hello, out);
	assert_string_equal(out, "t00i000000_000000000000_000000000000");
	assert_true(ja4_is_grease(0x0a0a) && ja4_is_grease(0xfafa));
	assert_false(ja4_is_grease(0x0a1a) || ja4_is_grease(0x0b0b));
}

static void put_part(struct buf *out, struct str part) /* behind its length */
{
	put_u16(out, (uint16_t)part.len);
	buf_add_str(out, part);
}

static void put_values(struct buf *out, const uint16_t *values, size_t count)
{
	put_u16(out, (uint16_t)(2 * count));
	for (size_t i = 0; i < count; i++)
		put_u16(out, values[i]);
}

/* The same hello as bytes of a handshake message. */
static void make_client_hello(struct buf *out, struct str session)
{
	struct buf body = {0}, list = {0}, values = {0};

	put_u16(&body, 0x0303);
	buf_add(&body, "01234567890123456789012345678901", 32);
	buf_add_char(&body, (char)session.len);
	buf_add_str(&body, session);
	put_values(&body, ciphers, COUNT(ciphers));
	buf_add(&body, "\x01\x00", 2);
	for (size_t i = 0; i < COUNT(extensions); i++) {
		put_u16(&list, extensions[i]);
		buf_clear(&values);
		if (extensions[i] == 0)
			buf_add(&values, "\x00\x0e\x00\x00\x0bwww.example", 16);
		else if (extensions[i] == 16)
			buf_add(&values, "\x00\x0c\x02h2\x08http/1.1", 14);
		else if (extensions[i] == 43)
			buf_add(&values, "\x06\x1a\x1a\x03\x04\x03\x03", 7);
		else if (extensions[i] == 13)
			put_values(&values, signatures, COUNT(signatures));
		put_part(&list, buf_str(&values));
	}
	put_part(&body, buf_str(&list));
	put_u16(out, 0x0100);
	put_part(out, buf_str(&body));
	buf_done(&body);
	buf_done(&list);
	buf_done(&values);
}

static void make_server_hello(struct buf *out, struct str session, struct str list)
{
	struct buf body = {0};

	put_u16(&body, 0x0303);
	buf_add(&body, "abcdefghijabcdefghijabcdefghijab", 32);
	buf_add_char(&body, (char)session.len);
	buf_add_str(&body, session);
	put_u16(&body, 0xc02f);
	buf_add_char(&body, 0);
	put_part(&body, list);
	put_u16(out, 0x0200);
	put_part(out, buf_str(&body));
	buf_done(&body);
}

static void put_record(struct buf *out, uint8_t type, struct str body)
{
	buf_add_char(out, (char)type);
	put_u16(out, 0x0303);
	put_part(out, body);
}

static void test_client_hello(void **state)
{
	struct buf hello = {0}, out = {0};
	struct tls_session session;

	(void)state;
	make_client_hello(&hello, STR("abc"));
	for (size_t len = 0; len <= hello.len - 4; len++) { /* cut anywhere */
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, hello.ptr + 4, len);
		buf_clear(&out);
		tls_client_hello(copy, len, &session, &out);
		free(copy);
	}
	assert_string_equal(buf_cstr(&out), ",\"sni\":\"www.example\",\"alpn_offered\":[\"h2\",\"http/1.1\"],"
					    "\"versions_offered\":[\"1.3\",\"1.2\"],\"ja4\":\"" EXAMPLE "\"");
	assert_int_equal(session.len, 3);
	buf_done(&hello);
	buf_done(&out);
}

/* A certificate that signs itself, in DER. */
static void make_certificate(struct buf *out)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	X509_NAME *name = X509_get_subject_name(certificate);
	unsigned char *to;
	int len;

	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"大学", -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"a\"b\n,c", -1, -1, 0);
	X509_set_issuer_name(certificate, name);
	ASN1_TIME_set(X509_getm_notBefore(certificate), START / CLOCK_SECOND);
	ASN1_TIME_set(X509_getm_notAfter(certificate), START / CLOCK_SECOND + 86400);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	len = i2d_X509(certificate, NULL);
	to = (unsigned char *)buf_reserve(out, (size_t)len);
	i2d_X509(certificate, &to);
	out->len += (size_t)len;
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static void put_certificates(struct buf *out)
{
	struct buf der = {0};

	make_certificate(&der);
	put_u16(out, 0x0b00);
	put_u16(out, (uint16_t)(der.len + 6));
	buf_add_char(out, 0);
	put_u16(out, (uint16_t)(der.len + 3));
	buf_add_char(out, 0);
	put_part(out, buf_str(&der));
	buf_done(&der);
}

static void send(const struct ends *from, uint32_t sequence, struct str bytes, size_t step)
{
	for (size_t i = 0; i < bytes.len; i += step)
		probe_tcp(&probe, from, TCP_ACK, (uint32_t)(sequence + i),
			  str_head(str_from_offset(bytes, i), step));
}

/* All of the server's messages in records of 60 bytes, in segments of 77: no border fits another. */
static void test_handshake(void **state)
{
	struct buf hello = {0}, messages = {0}, bytes = {0};

	(void)state;
	make_client_hello(&hello, STR("abc"));
	put_record(&bytes, 22, buf_str(&hello));
	send(&ends, 1001, buf_str(&bytes), 100);
	buf_clear(&bytes);
	make_server_hello(&messages, STR("other"), STR("\x00\x10\x00\x05\x00\x03\x02h2"));
	put_certificates(&messages);
	buf_add(&messages, "\x0e\x00\x00\x00", 4);
	for (size_t i = 0; i < messages.len; i += 60)
		put_record(&bytes, 22, str_head(str_from_offset(buf_str(&messages), i), 60));
	send(&back, 5001, buf_str(&bytes), 77);
	assert_int_equal(said_count(&probe, "tls"), 0);
	send(&back, (uint32_t)(5001 + bytes.len), STR("\x14\x03\x03\x00\x01\x01"), 77);
	assert_said(&probe, "\"ja4\":\"" EXAMPLE
			    "\",\"version\":\"1.2\",\"cipher\":\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\","
			    "\"resumed\":false,\"alpn\":\"h2\",\"established\":true,\"subject\":\"CN="
			    "a\\\\\\\"b\\\\0A\\\\,c,O=大学\","
			    "\"issuer\":\"CN=a\\\\\\\"b\\\\0A\\\\,c,O=大学\",\"not_before\":\"2026-11-22T00:"
			    "00:00.000000Z\","
			    "\"not_after\":\"2026-11-23T00:00:00.000000Z\",\"certificate_sha256\":\"");
	assert_int_equal(said_count(&probe, "tls"), 1);
	buf_done(&hello);
	buf_done(&messages);
	buf_done(&bytes);
}

static void test_resumed(void **state)
{
	struct buf hello = {0}, bytes = {0};

	(void)state;
	make_client_hello(&hello, STR("abc"));
	put_record(&bytes, 22, buf_str(&hello));
	send(&ends, 1001, buf_str(&bytes), 10000);
	buf_clear(&hello);
	buf_clear(&bytes);
	make_server_hello(&hello, STR("abc"), STR(""));
	put_record(&bytes, 22, buf_str(&hello));
	put_record(&bytes, 20, STR("\x01"));
	send(&back, 5001, buf_str(&bytes), 10000);
	assert_said(&probe, "\"resumed\":true,\"established\":true}");
	buf_done(&hello);
	buf_done(&bytes);
}

/* A warning does not end it, a failure does; of a server only, too. */
static void test_alerts(void **state)
{
	struct buf hello = {0}, bytes = {0};

	(void)state;
	make_client_hello(&hello, STR(""));
	put_record(&bytes, 22, buf_str(&hello));
	send(&ends, 1001, buf_str(&bytes), 10000);
	send(&back, 5001, STR("\x15\x03\x03\x00\x02\x01\x70"), 10);
	assert_int_equal(said_count(&probe, "tls"), 0);
	send(&back, 5008, STR("\x15\x03\x03\x00\x02\x02\x28"), 10);
	assert_said(&probe, EXAMPLE "\",\"established\":false,\"alert\":40}");
	buf_done(&hello);
	buf_done(&bytes);
}

static void test_only_the_server(void **state)
{
	struct buf hello = {0}, bytes = {0};

	(void)state;
	make_server_hello(&hello, STR(""), STR("\x00\x2b\x00\x02\x03\x04\x00\x29\x00\x02\x00\x00"));
	put_record(&bytes, 22, buf_str(&hello));
	put_record(&bytes, 20, STR("\x01")); /* says nothing in 1.3 */
	send(&back, 5001, buf_str(&bytes), 10000);
	assert_int_equal(said_count(&probe, "tls"), 0);
	send(&back, (uint32_t)(5001 + bytes.len), STR("\x17\x03\x03\x40\x00"), 10000);
	assert_said(&probe,
		    "\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"src_port\":40000,\"dst_port\":443");
	assert_said(
		&probe,
		"\"version\":\"1.3\",\"cipher\":\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\",\"resumed\":true,"
		"\"established\":true}");
	buf_done(&hello);
	buf_done(&bytes);
}

static void test_nonsense(void **state)
{
	(void)state;
	send(&ends, 1001, STR("\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03"), 100);
	send(&back, 5001, STR("\x16\x03\x01\xff\xff\x02\x00\x00\x02\x03\x03"), 100);
	sensor_finish(probe.sensor);
	assert_int_equal(said_count(&probe, "\"sensor\":\"flow\""), 1);
	assert_int_equal(said_count(&probe, "\"ja4\""), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_ja4),    TEST(test_client_hello),    TEST(test_handshake), TEST(test_resumed),
		TEST(test_alerts), TEST(test_only_the_server), TEST(test_nonsense)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
