# SPDX-License-Identifier: MIT
# CPack's settings; packaging/packages runs it, once for .deb and once for .rpm.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
    set(epoch $ENV{SOURCE_DATE_EPOCH})
else()
    string(TIMESTAMP epoch %s UTC)
endif()
execute_process(COMMAND date -u -R -d @${epoch} OUTPUT_VARIABLE UKB_DATE OUTPUT_STRIP_TRAILING_WHITESPACE)

# Debian's: the licence in its machine-readable form, the changes, what lintian is told, and the scripts.
file(READ ${CMAKE_SOURCE_DIR}/LICENSE licence)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]+)" ignored "${licence}")
set(UKB_COPYRIGHT ${CMAKE_MATCH_1})
string(REGEX REPLACE "^.*(Permission is hereby)" "\\1" licence "${licence}")
string(STRIP "${licence}" licence)
string(REGEX REPLACE "\n" "\n " licence "${licence}")
string(REGEX REPLACE "\n \n" "\n .\n" UKB_LICENCE "${licence}")
foreach(component bridge kit)
    set(UKB_PACKAGE ukeybridge)
    if(component STREQUAL kit)
        set(UKB_PACKAGE ukeybridge-policy)
    endif()
    configure_file(deb/copyright.in ${made}/${component}/copyright @ONLY)
    configure_file(deb/changelog.in ${made}/${component}/changelog @ONLY)
    execute_process(COMMAND gzip -9nf ${made}/${component}/changelog COMMAND_ERROR_IS_FATAL ANY)
    install(FILES ${made}/${component}/copyright ${made}/${component}/changelog.gz
            DESTINATION ${doc_dir}/${UKB_PACKAGE} COMPONENT ${component})
endforeach()
if(NOT UKEYBRIDGE_PLAIN_CURL) # lintian does not look at an .rpm
    install(FILES deb/ukeybridge.overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
            RENAME ukeybridge COMPONENT bridge)
endif()

set(CPACK_PACKAGE_NAME ukeybridge)
set(CPACK_PACKAGE_VENDOR "UKey Bridge")
set(CPACK_PACKAGE_CONTACT "${UKEYBRIDGE_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL bridge kit)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENT_BRIDGE_DESCRIPTION "web pages renew the certificates on a UKey
A browser's extension lets pages of the portals that the administrator allowed
list and renew certificates on a USB PKCS#11 token (UKey) by this program. It
asks for the PIN in a window of its own; no page and no browser sees it.")
set(CPACK_COMPONENT_KIT_DESCRIPTION "roll out UKey Bridge by the browsers' policies
From one small file, /etc/ukeybridge/policy-kit.conf, this makes the managed
policies of Chrome, Chromium, Edge and Firefox: the extension is installed, the
portals are set, and no user need do anything. Templates for Windows, too.")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_BRIDGE_PACKAGE_NAME ukeybridge)
set(CPACK_DEBIAN_BRIDGE_PACKAGE_SECTION web)
set(CPACK_DEBIAN_BRIDGE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_BRIDGE_PACKAGE_DEPENDS "pinentry-gtk2 | pinentry-x11")
set(CPACK_DEBIAN_BRIDGE_PACKAGE_RECOMMENDS "opensc-pkcs11, pcscd")
set(CPACK_DEBIAN_BRIDGE_PACKAGE_SUGGESTS "ukeybridge-policy")
set(CPACK_DEBIAN_BRIDGE_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_SOURCE_DIR}/deb/bridge/conffiles ${CMAKE_CURRENT_SOURCE_DIR}/deb/bridge/preinst
    ${CMAKE_CURRENT_SOURCE_DIR}/deb/bridge/postrm)
set(CPACK_DEBIAN_KIT_PACKAGE_NAME ukeybridge-policy)
set(CPACK_DEBIAN_KIT_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_KIT_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_KIT_PACKAGE_DEPENDS "ukeybridge (>= ${PROJECT_VERSION}), python3")
set(CPACK_DEBIAN_KIT_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/deb/kit/postinst
    ${CMAKE_CURRENT_SOURCE_DIR}/deb/kit/triggers ${CMAKE_CURRENT_SOURCE_DIR}/deb/kit/prerm ${CMAKE_CURRENT_SOURCE_DIR}/deb/kit/postrm)

# What browsers' packages own, too, is nobody's; libcurl's symbol versions are Debian's own (rpm/libcurl.c).
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_BRIDGE_PACKAGE_SUMMARY "Web pages renew the certificates on a UKey")
set(CPACK_RPM_KIT_PACKAGE_SUMMARY "Roll out UKey Bridge by the browsers' policies")
set(CPACK_RPM_COMPRESSION_TYPE xz)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _buildhost reproducible
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _build_id_links none")
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /etc /etc/opt /etc/opt/chrome /etc/opt/edge /etc/chromium
    /etc/opt/chrome/native-messaging-hosts /etc/opt/edge/native-messaging-hosts /etc/chromium/native-messaging-hosts
    /usr/sbin /usr/libexec /usr/lib64 /usr/lib64/mozilla /usr/lib64/mozilla/native-messaging-hosts
    /usr/share/man /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man8 /usr/share/man/zh_CN /usr/share/man/zh_CN/man1
    /usr/share/metainfo /usr/share/lintian /usr/share/lintian/overrides)
set(CPACK_RPM_BRIDGE_PACKAGE_NAME ukeybridge)
set(CPACK_RPM_BRIDGE_PACKAGE_REQUIRES pinentry)
set(CPACK_RPM_BRIDGE_USER_FILELIST
    "%config(noreplace) /etc/opt/chrome/native-messaging-hosts/org.ukeybridge.host.json"
    "%config(noreplace) /etc/opt/edge/native-messaging-hosts/org.ukeybridge.host.json"
    "%config(noreplace) /etc/chromium/native-messaging-hosts/org.ukeybridge.host.json")
set(CPACK_RPM_KIT_PACKAGE_NAME ukeybridge-policy)
set(CPACK_RPM_KIT_PACKAGE_ARCHITECTURE noarch)
set(CPACK_RPM_KIT_PACKAGE_REQUIRES "ukeybridge >= ${PROJECT_VERSION}, python3")
set(CPACK_RPM_KIT_POST_INSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/kit-post)
set(CPACK_RPM_KIT_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/kit-preun)
include(CPack)
