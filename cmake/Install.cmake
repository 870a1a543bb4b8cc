# What `make install` puts below PREFIX: the program, the library in both forms, its header, pkg-config's description
# of it, and the documents.
include(GNUInstallDirs)

# The prefix is known only when it is installed, so fsam.pc finds it from its own place.
file(RELATIVE_PATH FSAM_PC_UP /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/fsam.pc.in fsam.pc @ONLY)

install(TARGETS fsam RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS fsam_shared fsam_static LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES include/fsam.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/fsam.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE NOTICE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN CMakeLists.txt EXCLUDE)
