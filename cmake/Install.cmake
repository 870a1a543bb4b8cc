# What `make install` puts below PREFIX: the program, its manual pages and completion scripts, the library in both forms,
# its header, pkg-config's description of it, the module that reaches MPI, the documents, and maps of meshes.

# The prefix is known only when it is installed, so fsam.pc finds it from its own place.
file(RELATIVE_PATH FSAM_PC_UP /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/fsam.pc.in fsam.pc @ONLY)

# The program writes its own pages and scripts, so that there is no second list of its commands.
set(FSAM_SHARE ${CMAKE_CURRENT_BINARY_DIR}/share)
add_custom_command(OUTPUT ${FSAM_SHARE}/man1/fsam.1 ${FSAM_SHARE}/fsam ${FSAM_SHARE}/_fsam
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${FSAM_SHARE}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${FSAM_SHARE}/man1
    COMMAND fsam manual --output ${FSAM_SHARE}/man1
    COMMAND fsam completion bash > ${FSAM_SHARE}/fsam
    COMMAND fsam completion zsh > ${FSAM_SHARE}/_fsam
    DEPENDS fsam)
add_custom_target(share ALL DEPENDS ${FSAM_SHARE}/man1/fsam.1 ${FSAM_SHARE}/fsam ${FSAM_SHARE}/_fsam)
install(DIRECTORY ${FSAM_SHARE}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${FSAM_SHARE}/fsam DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${FSAM_SHARE}/_fsam DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)

install(TARGETS fsam RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS fsam_shared fsam_static LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET fsam_mpi)
    install(TARGETS fsam_mpi LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/fsam)
endif()
install(FILES include/fsam.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/fsam.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE NOTICE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN CMakeLists.txt EXCLUDE)
install(DIRECTORY data/maps DESTINATION ${CMAKE_INSTALL_DATADIR}/fsam)
