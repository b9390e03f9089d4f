"""A file of operators whose package is not installed."""

import a_package_that_is_not_installed

VERSION = a_package_that_is_not_installed.__version__
