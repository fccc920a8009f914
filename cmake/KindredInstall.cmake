# `cmake --install`: the library, its public headers, the program, and the package that find_package(Kindred) finds.
include(CMakePackageConfigHelpers)
install(TARGETS kindred EXPORT KindredTargets)
install(DIRECTORY include/kindred DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS kindred_program)
install(EXPORT KindredTargets NAMESPACE Kindred:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Kindred)
configure_package_config_file(cmake/KindredConfig.cmake.in KindredConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Kindred)
write_basic_package_version_file(KindredConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/KindredConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/KindredConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Kindred)
