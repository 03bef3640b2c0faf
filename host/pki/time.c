/* SPDX-License-Identifier: MIT */
#include "pki/time.h"

#include <stdio.h>

#include "pki/internal.h"

#define DAY_S 86400LL

/* Days from 1970-01-01 to a day of the proleptic Gregorian calendar. Years are counted from March, so that the leap day
 * is the last of its year; an era is 400 years, after which the calendar repeats. */
static long long
days_of_date(long long year, int month, int day)
{
    long long march_year = month <= 2 ? year - 1 : year;
    long long era = (march_year >= 0 ? march_year : march_year - 399) / 400;
    long long year_of_era = march_year - era * 400;
    long long day_of_year = (153LL * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long long day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

/* The reverse of days_of_date(), for the years 0000 to 9999. */
static void
date_of_days(long long days, int *ret_year, int *ret_month, int *ret_day)
{
    long long shifted = days + 719468; /* from 0000-03-01, so at least -60 */
    long long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    long long day_of_era = shifted - era * 146097;
    long long year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    long long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long long march_month = (5 * day_of_year + 2) / 153;

    *ret_day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *ret_month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2 ? 1 : 0));
}

void
ukb_time_format(long long time_s, char ret_text[UKB_TIME_TEXT_SIZE])
{
    char text[64] = "";
    long long days;
    int second;
    int year;
    int month;
    int day;

    time_s = time_s < UKB_TIME_MIN_S ? UKB_TIME_MIN_S : time_s;
    time_s = time_s > UKB_TIME_MAX_S ? UKB_TIME_MAX_S : time_s;
    days = (time_s - UKB_TIME_MIN_S) / DAY_S + UKB_TIME_MIN_S / DAY_S;
    second = (int)(time_s - days * DAY_S);
    date_of_days(days, &year, &month, &day);
    (void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, second / 3600,
                   second / 60 % 60, second % 60);
    memcpy(ret_text, text, UKB_TIME_TEXT_SIZE);
}

bool
ukb_time_from_asn1(const ASN1_TIME *time, long long *ret_s)
{
    struct tm parts = { 0 };

    /* Checks the syntax and every member's range, and applies an offset from UTC, which RFC 5280 forbids and BER has.
     */
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) {
        return false;
    }
    *ret_s = days_of_date(parts.tm_year + 1900LL, parts.tm_mon + 1, parts.tm_mday) * DAY_S + parts.tm_hour * 3600LL +
             parts.tm_min * 60LL + parts.tm_sec;
    return true;
}
