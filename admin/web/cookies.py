"""The cookie of staff: a browser sends it with nothing that another site began."""

from portal.web.cookies import SecretCookie

STAFF = SecretCookie("__Host-admin", "admin_session", "strict")
