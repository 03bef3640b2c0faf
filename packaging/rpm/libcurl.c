/* SPDX-License-Identifier: MIT */
/*
 * The functions of libcurl that host/net uses, to link with in place of Debian's library: there their symbols have a
 * version of Debian's own, which other systems' libcurl.so.4 lacks. Nothing of this file is installed; a function that
 * is missing here is an error of the linker.
 */
void curl_easy_cleanup(void);
void curl_easy_getinfo(void);
void curl_easy_init(void);
void curl_easy_perform(void);
void curl_easy_setopt(void);
void curl_easy_strerror(void);
void curl_strnequal(void);

void
curl_easy_cleanup(void)
{
}

void
curl_easy_getinfo(void)
{
}

void
curl_easy_init(void)
{
}

void
curl_easy_perform(void)
{
}

void
curl_easy_setopt(void)
{
}

void
curl_easy_strerror(void)
{
}

void
curl_strnequal(void)
{
}
